//! Letters: the same words as plain text and as HTML.

use std::fmt::Write as _;

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    before: Vec<String>,
    action: Option<(String, String)>,
    after: Vec<String>,
}

impl Letter {
    /// A letter about `subject`.
    pub(super) fn new(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            before: Vec::new(),
            action: None,
            after: Vec::new(),
        }
    }

    /// Adds a paragraph.
    pub(super) fn say(mut self, paragraph: impl Into<String>) -> Self {
        if self.action.is_none() {
            self.before.push(paragraph.into());
        } else {
            self.after.push(paragraph.into());
        }
        self
    }

    /// Adds what the reader is to do. A letter has one such thing at most.
    pub(super) fn ask(mut self, label: impl Into<String>, address: impl Into<String>) -> Self {
        self.action = Some((label.into(), address.into()));
        self
    }

    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let action = self
            .action
            .iter()
            .map(|(label, address)| format!("{label}:\n{address}"));
        let parts: Vec<String> = self
            .before
            .iter()
            .cloned()
            .chain(action)
            .chain(self.after.iter().cloned())
            .collect();
        format!("{}\n\n-- \nFreshTrack\n", parts.join("\n\n"))
    }

    /// As HTML, with nothing that a mail program would have to load.
    #[must_use]
    pub fn html(&self) -> String {
        let mut body = String::new();
        let paragraph = |body: &mut String, text: &str| {
            // Writing to a string cannot fail.
            let _ = write!(body, "<p>{}</p>", escaped(text));
        };
        for text in &self.before {
            paragraph(&mut body, text);
        }
        if let Some((label, address)) = &self.action {
            let address = escaped(address);
            let _ = write!(
                body,
                "<p><a href=\"{address}\" style=\"display:inline-block;padding:12px 20px;border-radius:6px;\
                 background:#0b5c4b;color:#ffffff;text-decoration:none\">{}</a></p>\
                 <p style=\"color:#555555;font-size:13px\">{address}</p>",
                escaped(label)
            );
        }
        for text in &self.after {
            paragraph(&mut body, text);
        }
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\
             <body style=\"font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em\">{body}\
             <p style=\"color:#555555;font-size:13px\">FreshTrack</p></body></html>",
            escaped(&self.subject)
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same_and_names_stay_names() {
        let letter = Letter::new("Hello <b>you</b>")
            .say("Ann & Bob <script>")
            .ask("Open", "https://app.example/#a=1&b=\"2\"")
            .say("Bye");
        assert_eq!(
            letter.text(),
            "Ann & Bob <script>\n\nOpen:\nhttps://app.example/#a=1&b=\"2\"\n\nBye\n\n-- \nFreshTrack\n"
        );
        let html = letter.html();
        assert!(html.contains("<p>Ann &amp; Bob &lt;script&gt;</p>"), "{html}");
        assert!(
            html.contains("href=\"https://app.example/#a=1&amp;b=&quot;2&quot;\""),
            "{html}"
        );
        assert!(html.contains("<title>Hello &lt;b&gt;you"), "{html}");
    }
}

//! MQTT topics and the filters that select them.

/// Whether a topic filter, in which `+` stands for one level and a final `#` for
/// any number, selects a topic. Wildcards do not reach into topics that begin
/// with `$`.
pub(super) fn selects(filter: &str, topic: &str) -> bool {
    if topic.starts_with('$') && filter.starts_with(['+', '#']) {
        return false;
    }
    let mut levels = topic.split('/');
    for wanted in filter.split('/') {
        match (wanted, levels.next()) {
            ("#", _) => return true,
            ("+", Some(_)) => {}
            (wanted, Some(level)) if wanted == level => {}
            _ => return false,
        }
    }
    levels.next().is_none()
}

/// Whether a filter is well formed: wildcards alone on their level, `#` last.
pub(super) fn is_filter(filter: &str) -> bool {
    let levels = filter.split('/').count();
    !filter.is_empty()
        && filter.split('/').enumerate().all(|(index, level)| match level {
            "#" => index + 1 == levels,
            "+" => true,
            level => !level.contains(['+', '#']),
        })
}

/// The rule that a Basic Ingest topic, `$aws/rules/<rule>/<topic>`, goes straight
/// to, and the topic proper.
pub(super) fn basic_ingest(topic: &str) -> Option<(&str, &str)> {
    let rest = topic.strip_prefix("$aws/rules/")?;
    Some(rest.split_once('/').unwrap_or((rest, "")))
}

/// Whether AWS IoT takes a message on this topic: up to 256 bytes and seven
/// slashes, not counting what Basic Ingest puts before.
pub(super) fn is_publishable(topic: &str) -> bool {
    let proper = basic_ingest(topic).map_or(topic, |(_, proper)| proper);
    !topic.is_empty()
        && proper.len() <= 256
        && proper.matches('/').count() <= 7
        && !topic.contains(['+', '#', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_select_by_level() {
        let cases = [
            ("freshtrack/+/+/up", "freshtrack/org_1/dev_1/up", true),
            ("freshtrack/+/+/up", "freshtrack/org_1/dev_1/down", false),
            ("freshtrack/+/+/up", "freshtrack/org_1/up", false),
            ("freshtrack/+/+/up", "freshtrack/org_1/dev_1/up/more", false),
            ("freshtrack/#", "freshtrack/a/b", true),
            ("freshtrack/#", "freshtrack", true),
            ("#", "anything/at/all", true),
            ("#", "$aws/things", false),
            ("+/x", "$aws/x", false),
            ("$aws/#", "$aws/things", true),
            ("a/+", "a/", true),
            ("a/+", "a", false),
        ];
        for (filter, topic, expected) in cases {
            assert_eq!(selects(filter, topic), expected, "{filter} on {topic}");
        }
    }

    #[test]
    fn wildcards_stand_alone_and_only_in_filters() {
        for filter in ["a/+/b", "#", "a/#", "+", "$aws/rules/x"] {
            assert!(is_filter(filter), "{filter}");
        }
        for filter in ["", "a/#/b", "a+", "a/b#"] {
            assert!(!is_filter(filter), "{filter}");
        }
        assert!(is_publishable("a/b/c/d/e/f/g/h"));
        assert!(is_publishable("$aws/rules/rule/a/b/c/d/e/f/g/h"));
        for topic in ["", "a/+/b", "a/#", "a/b/c/d/e/f/g/h/i", &"x".repeat(257)] {
            assert!(!is_publishable(topic), "{topic}");
        }
    }
}

//! From the text of a statement to its parts.

use std::iter::Peekable;
use std::vec::IntoIter;

use serde_json::{Number, Value};

use super::super::topic;
use super::{Comparison, Expression, Item, Statement};

/// Why a statement is none that the local system can run.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SqlError {
    /// Something else stands where a part of the statement was expected.
    #[error("expected {expected}, found {found}")]
    Unexpected {
        /// What would have fitted.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A character that begins nothing.
    #[error("unexpected character {0:?}")]
    Character(char),
    /// A text without its closing quote.
    #[error("a quote is never closed")]
    Quote,
    /// A function that the local system does not have.
    #[error("function {0}() is not supported")]
    Function(String),
    /// An expression that needs a name.
    #[error("an expression in the select list needs AS and a name")]
    Unnamed,
    /// `FROM` with a malformed topic filter.
    #[error("{0:?} is no topic filter")]
    Filter(String),
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Number(Number),
    Symbol(&'static str),
}

impl Token {
    fn describe(token: Option<&Self>) -> String {
        match token {
            None => "the end".to_owned(),
            Some(Self::Word(word)) => word.clone(),
            Some(Self::Text(text)) => format!("'{text}'"),
            Some(Self::Number(number)) => number.to_string(),
            Some(Self::Symbol(symbol)) => (*symbol).to_owned(),
        }
    }
}

/// Longer symbols before those they begin with.
const SYMBOLS: [&str; 13] = [
    "<>", "<=", ">=", "!=", "<", ">", "=", "(", ")", ",", ".", "*", "-",
];

pub(super) fn parse(sql: &str) -> Result<Statement, SqlError> {
    let mut parser = Parser {
        tokens: tokenize(sql)?.into_iter().peekable(),
    };
    parser.keyword("SELECT", "SELECT")?;
    let mut items = vec![parser.item()?];
    while parser.take_symbol(",") {
        items.push(parser.item()?);
    }
    parser.keyword("FROM", "FROM or a comma")?;
    let filter = match parser.tokens.next() {
        Some(Token::Text(filter)) => filter,
        other => return Err(unexpected("a quoted topic filter", other.as_ref())),
    };
    if !topic::is_filter(&filter) {
        return Err(SqlError::Filter(filter));
    }
    let condition = if parser.take_keyword("WHERE") {
        Some(parser.any_of()?)
    } else {
        None
    };
    match parser.tokens.next() {
        None => Ok(Statement {
            items,
            filter,
            condition,
        }),
        other => Err(unexpected("the end or WHERE", other.as_ref())),
    }
}

fn unexpected(expected: &'static str, found: Option<&Token>) -> SqlError {
    SqlError::Unexpected {
        expected,
        found: Token::describe(found),
    }
}

fn tokenize(sql: &str) -> Result<Vec<Token>, SqlError> {
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' => {
                let inside = rest.get(1..).unwrap_or_default();
                let end = inside.find(first).ok_or(SqlError::Quote)?;
                (
                    Token::Text(inside.get(..end).unwrap_or_default().to_owned()),
                    end + 2,
                )
            }
            '0'..='9' => {
                let end = rest
                    .find(|c: char| !c.is_ascii_digit() && c != '.')
                    .unwrap_or(rest.len());
                let text = rest.get(..end).unwrap_or_default();
                (
                    Token::Number(text.parse().map_err(|_| SqlError::Character(first))?),
                    end,
                )
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let end = rest
                    .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                    .unwrap_or(rest.len());
                (Token::Word(rest.get(..end).unwrap_or_default().to_owned()), end)
            }
            other => {
                let symbol = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol));
                let symbol = symbol.ok_or(SqlError::Character(other))?;
                (Token::Symbol(symbol), symbol.len())
            }
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

struct Parser {
    tokens: Peekable<IntoIter<Token>>,
}

impl Parser {
    fn take_symbol(&mut self, symbol: &'static str) -> bool {
        self.tokens
            .next_if(|token| *token == Token::Symbol(symbol))
            .is_some()
    }

    fn symbol(&mut self, symbol: &'static str) -> Result<(), SqlError> {
        if self.take_symbol(symbol) {
            Ok(())
        } else {
            Err(unexpected(symbol, self.tokens.peek()))
        }
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let is = |token: &Token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(keyword));
        self.tokens.next_if(is).is_some()
    }

    fn keyword(&mut self, keyword: &str, expected: &'static str) -> Result<(), SqlError> {
        if self.take_keyword(keyword) {
            Ok(())
        } else {
            Err(unexpected(expected, self.tokens.peek()))
        }
    }

    fn item(&mut self) -> Result<Item, SqlError> {
        if self.take_symbol("*") {
            return Ok(Item::All);
        }
        let value = self.any_of()?;
        if self.take_keyword("AS") {
            return match self.tokens.next() {
                Some(Token::Word(name)) => Ok(Item::Field { name, value }),
                other => Err(unexpected("a name", other.as_ref())),
            };
        }
        let name = match &value {
            Expression::Path(path) => path.last().cloned().unwrap_or_default(),
            Expression::Topic(_) => "topic".to_owned(),
            Expression::Timestamp => "timestamp".to_owned(),
            Expression::ClientId => "clientid".to_owned(),
            _ => return Err(SqlError::Unnamed),
        };
        Ok(Item::Field { name, value })
    }

    fn any_of(&mut self) -> Result<Expression, SqlError> {
        let mut value = self.all_of()?;
        while self.take_keyword("OR") {
            value = Expression::Or(Box::new(value), Box::new(self.all_of()?));
        }
        Ok(value)
    }

    fn all_of(&mut self) -> Result<Expression, SqlError> {
        let mut value = self.negation()?;
        while self.take_keyword("AND") {
            value = Expression::And(Box::new(value), Box::new(self.negation()?));
        }
        Ok(value)
    }

    fn negation(&mut self) -> Result<Expression, SqlError> {
        if self.take_keyword("NOT") {
            return Ok(Expression::Not(Box::new(self.negation()?)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expression, SqlError> {
        let left = self.operand()?;
        let comparison = match self.tokens.peek() {
            Some(Token::Symbol("=")) => Comparison::Equal,
            Some(Token::Symbol("<>" | "!=")) => Comparison::NotEqual,
            Some(Token::Symbol("<")) => Comparison::Less,
            Some(Token::Symbol("<=")) => Comparison::LessOrEqual,
            Some(Token::Symbol(">")) => Comparison::Greater,
            Some(Token::Symbol(">=")) => Comparison::GreaterOrEqual,
            _ => return Ok(left),
        };
        self.tokens.next();
        Ok(Expression::Compare(
            comparison,
            Box::new(left),
            Box::new(self.operand()?),
        ))
    }

    fn operand(&mut self) -> Result<Expression, SqlError> {
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(Expression::Literal(text.into())),
            Some(Token::Number(number)) => Ok(Expression::Literal(number.into())),
            Some(Token::Symbol("-")) => match self.tokens.next() {
                Some(Token::Number(number)) => {
                    let negative = format!("-{number}")
                        .parse::<Number>()
                        .map_err(|_| SqlError::Character('-'))?;
                    Ok(Expression::Literal(negative.into()))
                }
                other => Err(unexpected("a number", other.as_ref())),
            },
            Some(Token::Symbol("(")) => {
                let value = self.any_of()?;
                self.symbol(")")?;
                Ok(value)
            }
            Some(Token::Word(word)) => self.named(word),
            other => Err(unexpected("a value", other.as_ref())),
        }
    }

    fn named(&mut self, word: String) -> Result<Expression, SqlError> {
        if self.take_symbol("(") {
            let value = self.call(&word.to_ascii_lowercase())?;
            self.symbol(")")?;
            return Ok(value);
        }
        match word.to_ascii_lowercase().as_str() {
            "true" => return Ok(Expression::Literal(true.into())),
            "false" => return Ok(Expression::Literal(false.into())),
            "null" => return Ok(Expression::Literal(Value::Null)),
            "select" | "from" | "where" | "as" | "and" | "or" => {
                return Err(unexpected("a value", Some(&Token::Word(word))));
            }
            _ => {}
        }
        let mut path = vec![word];
        while self.take_symbol(".") {
            match self.tokens.next() {
                Some(Token::Word(name)) => path.push(name),
                other => return Err(unexpected("a field name", other.as_ref())),
            }
        }
        Ok(Expression::Path(path))
    }

    /// The arguments of a function, up to its closing parenthesis.
    fn call(&mut self, function: &str) -> Result<Expression, SqlError> {
        match function {
            "timestamp" => Ok(Expression::Timestamp),
            "clientid" => Ok(Expression::ClientId),
            "topic" => {
                let level = self.tokens.next_if(|token| matches!(token, Token::Number(_)));
                let Some(Token::Number(level)) = level else {
                    return Ok(Expression::Topic(None));
                };
                let level = level
                    .as_u64()
                    .and_then(|level| usize::try_from(level).ok())
                    .filter(|level| *level > 0);
                level
                    .map(|level| Expression::Topic(Some(level)))
                    .ok_or(SqlError::Unexpected {
                        expected: "the number of a topic level",
                        found: "another number".to_owned(),
                    })
            }
            "encode" => {
                let value = if self.take_symbol("*") {
                    None
                } else {
                    Some(self.any_of()?)
                };
                self.symbol(",")?;
                match self.tokens.next() {
                    Some(Token::Text(encoding)) if encoding.eq_ignore_ascii_case("base64") => {}
                    other => return Err(unexpected("'base64'", other.as_ref())),
                }
                Ok(value.map_or(Expression::EncodePayload, |value| {
                    Expression::Encode(Box::new(value))
                }))
            }
            other => Err(SqlError::Function(other.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests;

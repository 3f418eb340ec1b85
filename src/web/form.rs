//! Forms: read completely, guarded by a token, and shown again with their entries.

use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use sha2::{Digest, Sha256};

use crate::domain::Text;
use crate::domain::orders::text::TextError;
use crate::http::context::RequestContext;
use crate::i18n::Words;
use crate::operations::accounts::token;
use crate::paths::local_path;
use crate::web::error::Error;
use crate::web::session::CurrentSession;

/// The most bytes of a form: twice the longest text, however its characters are encoded.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// A form from one of our own pages: it carries the session's token.
#[derive(Debug, Clone, Default)]
pub(super) struct PostForm(Rc<Vec<(String, String)>>);

impl FromRequest for PostForm {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let posted = Self::unguarded(request);
        let token = CurrentSession::loaded(request).and_then(|session| session.csrf_token());
        let is_too_large = request.extensions().get::<Unguarded>().is_some_and(|unguarded| unguarded.is_too_large);
        ready(match token {
            Some(token) if !same(&token, posted.get("csrf_token")) => Err(Error::Forbidden),
            None => Err(Error::Forbidden),
            Some(_) if is_too_large => Err(Error::TooLarge),
            Some(_) => Ok(posted),
        })
    }
}

/// The fields of a form before the check of its token.
struct Unguarded {
    form: PostForm,
    is_too_large: bool,
}

/// Keeps the body of a form with its request, for [`PostForm`].
pub(super) fn keep(request: &HttpRequest, body: &[u8]) {
    let fields = if is_form(request) { serde_html_form::from_bytes(body).ok() } else { None };
    let form = PostForm(Rc::new(fields.unwrap_or_default()));
    request.extensions_mut().insert(Unguarded { form, is_too_large: body.len() > MAX_BYTES });
}

fn is_form(request: &HttpRequest) -> bool {
    request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|kind| {
        kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

/// The page that a request belongs to: the page itself, or for a form the page that it stands on, which it names in
/// `return_to`. Switching the language and signing in lead back there.
pub(super) fn return_path(request: &HttpRequest) -> String {
    if request.method().is_safe() {
        return RequestContext::from_request(request).path.clone();
    }
    local_path(PostForm::unguarded(request).get("return_to")).to_owned()
}

/// Compares tokens by their hashes, so that the duration does not tell where they differ.
fn same(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}

impl PostForm {
    /// The form before its token was checked, for what is only given back.
    pub fn unguarded(request: &HttpRequest) -> Self {
        request.extensions().get::<Unguarded>().map(|unguarded| unguarded.form.clone()).unwrap_or_default()
    }

    /// The entry of that field; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The entries of all fields with that name.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// What its writer typed and chose, to be given back: nothing that only the program reads, and no password.
    pub fn typed(&self) -> Vec<(String, String)> {
        let is_typed = |name: &str| {
            let ours =
                ["csrf_token", "form_token", "return_to", "writer", "seen", "returned", "step", "next", "action"];
            !ours.contains(&name) && !is_proof(name)
        };
        self.0.iter().filter(|(name, _)| is_typed(name)).cloned().collect()
    }

    /// The fields that go along when something is asked before the form is taken, and that the next page does not show.
    pub fn carried(&self) -> Vec<(String, String)> {
        let is_carried =
            |name: &str| !["csrf_token", "return_to", "writer", "comment"].contains(&name) && !is_proof(name);
        self.0.iter().filter(|(name, _)| is_carried(name)).cloned().collect()
    }

    /// The token that makes a double submit harmless: the same form sent twice opens one dispute. A form without one
    /// gets a new one.
    pub fn form_token(&self) -> String {
        let token = self.get("form_token");
        let is_ours = !token.is_empty() && token.len() <= 64 && token.bytes().all(|b| b.is_ascii_alphanumeric());
        if is_ours { token.to_owned() } else { token::random() }
    }

    /// The page to go to afterwards: a local path, never another host.
    pub fn next(&self) -> &str {
        local_path(self.get("next"))
    }
}

/// Whether that field proves who sends the form: a password, a code, or what stands for one.
fn is_proof(name: &str) -> bool {
    name.contains("password") || ["code", "proof"].contains(&name)
}

/// One option of a choice.
pub(in crate::web) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A form on a page: its entries and their errors.
#[derive(Debug, Default)]
pub(super) struct Form {
    entries: Vec<(String, String)>,
    errors: Vec<FieldError>,
    text: &'static str,
}

/// A message at a field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FieldError {
    /// The field's `id` on the page.
    pub id: String,
    /// The error, in the reader's language.
    pub message: String,
}

impl Form {
    /// A form that was sent, to be checked field by field. `text` is the `id` of its text: a page may have several
    /// forms with a text of the same name, and only this one gets it back.
    pub fn sent(posted: &PostForm, text: &'static str) -> Self {
        // Tokens and passwords are never given back.
        let kept = |name: &str| !name.contains("token") && !is_proof(name);
        let entries = posted.0.iter().filter(|(name, _)| kept(name)).cloned().collect();
        Self { entries, errors: Vec::new(), text }
    }

    /// A form that was kept until its writer came back, with the `id` of its text.
    pub fn kept(entries: Vec<(String, String)>, text: &'static str) -> Self {
        Self { entries, errors: Vec::new(), text }
    }

    /// Fills a field in beforehand.
    pub fn fill(&mut self, name: &str, value: &str) {
        self.entries.retain(|(key, _)| key != name);
        self.entries.push((name.to_owned(), value.to_owned()));
    }

    /// Adds an error at a field.
    pub fn refuse(&mut self, id: impl Into<String>, message: String) {
        self.errors.push(FieldError { id: id.into(), message });
    }

    /// Parses a text, or adds its error. Each kind of bad text gets its sentence here and nowhere else.
    pub fn text(&mut self, words: &Words, id: &str, typed: &str, missing: String) -> Option<Text> {
        let message = match Text::parse(typed) {
            Ok(text) => return Some(text),
            Err(TextError::Missing) => missing,
            Err(TextError::TooLong(count)) => words.comment_too_long(Text::MAX_CHARS, count),
        };
        self.refuse(id, message);
        None
    }

    /// Parses an optional text, or adds its error.
    pub fn optional_text(&mut self, words: &Words, id: &str, typed: &str) -> Option<Text> {
        match Text::parse_optional(typed) {
            Ok(text) => text,
            Err(_) => self.text(words, id, typed, String::new()),
        }
    }

    /// Whether there are no errors.
    pub fn is_fine(&self) -> bool {
        self.errors.is_empty()
    }

    // For templates.

    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    pub fn value(&self, name: &str) -> &str {
        self.nth(name, &0)
    }

    /// The text that was kept, for a page on which it cannot be sent any more.
    pub fn unsent(&self) -> Option<&str> {
        Some(self.value("comment")).filter(|text| !text.is_empty())
    }

    pub fn text_of(&self, id: &str, name: &str) -> &str {
        if self.text == id { self.value(name) } else { "" }
    }

    pub fn nth(&self, name: &str, at: &usize) -> &str {
        self.entries.iter().filter(|(key, _)| key == name).nth(*at).map_or("", |(_, value)| value)
    }

    pub fn error(&self, id: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.id == id).map(|error| error.message.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn a_form_keeps_what_was_typed_but_no_password_and_no_token() {
        let posted = PostForm(Rc::new(vec![
            ("comment".into(), "Hallo".into()),
            ("new_password".into(), "geheim".into()),
            ("csrf_token".into(), "x".into()),
        ]));
        let form = Form::sent(&posted, "");
        assert_eq!((form.value("comment"), form.value("new_password"), form.value("csrf_token")), ("Hallo", "", ""));
    }

    #[test]
    fn a_bad_text_gets_its_message_at_its_field() {
        let (mut form, words) = (Form::default(), Language::Nl.words());
        assert_eq!(form.optional_text(words, "comment", "  "), None);
        assert!(form.is_fine());
        assert_eq!(form.optional_text(words, "comment", &"x".repeat(2_501)), None);
        assert!(form.error("comment").unwrap().contains("2500"), "{:?}", form.errors());
    }
}

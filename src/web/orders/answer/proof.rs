//! The second factor behind the link of a mail. It is asked before anything but the title and the asker is shown, and then
//! stands for a while in the forms of that browser, sealed.

use actix_web::HttpResponse;
use chrono::TimeDelta;

use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::orders::answer::access::{AnswerAccess, Proven};
use crate::web::orders::answer::pages::CodePage;
use crate::web::orders::card::TEXT;
use crate::web::respond::{html, rejected};
use crate::web::session::Proof;
use crate::web::sign_in::second_factor;

/// How long a code counts, in minutes (our choice: time to read a question and to write an answer).
const PROVEN_MINUTES: i64 = 30;

impl AnswerAccess {
    /// Proves the second factor, when the account has one: by the seal of an earlier form, or by a code. Otherwise the page
    /// that asks for the code, which carries the form along.
    pub(super) async fn prove(&self, posted: &PostForm) -> Result<Result<Proven, HttpResponse>, Error> {
        if !self.reader.has_second_factor {
            return Ok(Ok(Proven(None)));
        }
        let sealed = posted.get("proof");
        if self.is_proof(sealed) {
            return Ok(Ok(Proven(Some(sealed.to_owned()))));
        }
        let mut form = Form::sent(posted, TEXT);
        if posted.all("code").is_empty() {
            return html(&CodePage::new(self, posted, form)).map(Err);
        }
        let person = &self.reader.person;
        let wait = second_factor::prove(self.page(), person, posted.get("code"), Proof::Link, &mut form).await?;
        if form.is_fine() {
            return Ok(Ok(Proven(Some(self.seal()))));
        }
        rejected(&CodePage::new(self, posted, form), wait).map(Err)
    }

    /// A proof that counts from now, for this question and this browser alone.
    fn seal(&self) -> String {
        let page = self.page();
        let until = page.times.wall + TimeDelta::minutes(PROVEN_MINUTES);
        page.app.settings.secret.hide(&self.purpose(), &until.timestamp().to_string())
    }

    fn is_proof(&self, sealed: &str) -> bool {
        let until = self.page().app.settings.secret.reveal(&self.purpose(), sealed);
        let until = until.and_then(|until| until.parse::<i64>().ok());
        until.is_some_and(|until| self.page().times.wall.timestamp() < until)
    }

    /// Ties a proof to the question, and to the session that guards the forms of this browser.
    fn purpose(&self) -> String {
        format!("proof.{}.{}", self.name(), self.page().csrf.as_deref().unwrap_or_default())
    }
}

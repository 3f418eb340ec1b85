//! Outcomes in words: every answer page tells beforehand the result of each choice, and of silence.
//!
//! Moments in these sentences are marked (see [`crate::i18n::time_markup`]), so that a page can put them in `<time>`.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::orders::kind::{COMPLETION_DAYS, Silence, completion_window};
use crate::domain::{Ask, ChangeRequest, Dispute, Kind, Part, Party, State, Status};
use crate::i18n::format::Reader;
use crate::i18n::{labels, time_markup};

/// Words the outcomes of one dispute for one reader.
#[derive(Debug, Clone, Copy)]
pub struct Outcomes<'a> {
    /// The reader.
    pub reader: Reader,
    /// The dispute.
    pub dispute: &'a Dispute,
    /// The side the reader is on.
    pub viewer: Party,
    /// The name of the party on the other side.
    pub other: &'a str,
}

impl Outcomes<'_> {
    fn resumed(&self) -> String {
        labels::status(self.reader.words(), self.dispute.previous_status)
    }

    fn moment(&self, at: DateTime<Utc>) -> String {
        time_markup::moment(self.reader, at)
    }

    /// The outcome of silence, and its exact moment.
    #[must_use]
    pub fn of_silence(&self) -> String {
        let (words, when) = (self.reader.words(), self.moment(self.dispute.respond_by));
        let said = match (self.dispute.ask.kind(), self.viewer == self.dispute.opener) {
            (Kind::Update, false) => words.outcome_silence_update(when, self.resumed()),
            (Kind::Cancellation, false) => words.outcome_silence_cancellation(when),
            (Kind::Change, false) => words.outcome_silence_change(when),
            (Kind::Update, true) => words.outcome_other_silent_update(self.other, when, self.resumed()),
            (Kind::Cancellation, true) => words.outcome_other_silent_cancellation(self.other, when),
            (Kind::Change, true) => words.outcome_other_silent_change(self.other, when),
        };
        let resumes = self.dispute.terms().silence == Silence::Resumes;
        if resumes && self.dispute.previous_status == Status::Delivered {
            let until = self.moment(self.dispute.respond_by + completion_window());
            let anew = match self.viewer {
                Party::Customer => words.delivered_clock_until_you(until),
                Party::Freelancer => words.delivered_clock_until_other(self.other, until),
            };
            format!("{said} {anew}")
        } else {
            said
        }
    }

    /// The outcome of giving the update.
    #[must_use]
    pub fn of_update(&self) -> String {
        self.with_delivered_clock(self.reader.words().outcome_update_given(self.other, self.resumed()))
    }

    /// The outcome of accepting.
    #[must_use]
    pub fn of_accepting(&self) -> String {
        match &self.dispute.ask {
            Ask::Change(change) => self.with_delivered_clock(self.of_accepting_change(change)),
            Ask::Update | Ask::Cancellation(_) => self.reader.words().outcome_accept_cancellation(),
        }
    }

    /// The outcome of accepting a part of a change; of all of it, where it has no parts.
    #[must_use]
    pub fn of_accepting_part(&self, part: Part) -> String {
        match &self.dispute.ask {
            Ask::Change(change) => {
                let agreed = change.part(part).unwrap_or_else(|| change.clone());
                self.with_delivered_clock(self.of_accepting_change(&agreed))
            }
            Ask::Update | Ask::Cancellation(_) => self.of_accepting(),
        }
    }

    fn of_accepting_change(&self, change: &ChangeRequest) -> String {
        let words = self.reader.words();
        let date = self.date(change.delivery_date(self.dispute.old_delivery_date));
        let price = self.reader.money(change.price(self.dispute.old_price));
        match (change.extra_days(), change.extras().is_empty()) {
            (Some(_), true) => words.outcome_accept_change_date(date, price, self.resumed()),
            (Some(_), false) => words.outcome_accept_change_both(date, price, self.resumed()),
            (None, _) => words.outcome_accept_change_price(price, date, self.resumed()),
        }
    }

    fn date(&self, date: NaiveDate) -> String {
        time_markup::date(self.reader, date)
    }

    /// The outcome of declining.
    #[must_use]
    pub fn of_declining(&self) -> String {
        let words = self.reader.words();
        self.with_delivered_clock(match self.dispute.ask.kind() {
            Kind::Change => words.outcome_decline_change(self.resumed()),
            Kind::Update | Kind::Cancellation => words.outcome_decline_cancellation(self.resumed(), self.other),
        })
    }

    /// The outcome of withdrawing.
    #[must_use]
    pub fn of_withdrawing(&self) -> String {
        let words = self.reader.words();
        self.with_delivered_clock(match self.dispute.ask.kind() {
            Kind::Update => words.outcome_withdraw_update(self.resumed(), self.other),
            Kind::Cancellation => words.outcome_withdraw_cancellation(self.resumed()),
            Kind::Change => words.outcome_withdraw_change(self.resumed()),
        })
    }

    /// Adds the three days that start anew for an order that returns to "delivered".
    fn with_delivered_clock(&self, said: String) -> String {
        if self.dispute.previous_status == Status::Delivered {
            let words = self.reader.words();
            let anew = match self.viewer {
                Party::Customer => words.delivered_clock_you(COMPLETION_DAYS),
                Party::Freelancer => words.delivered_clock_other(self.other, COMPLETION_DAYS),
            };
            format!("{said} {anew}")
        } else {
            said
        }
    }

    /// The dispute's end and its moment; `None` while it is open.
    #[must_use]
    pub fn ended(&self) -> Option<String> {
        let (words, kind) = (self.reader.words(), self.dispute.ask.kind());
        Some(match (self.dispute.state, kind) {
            (State::Open, _) => return None,
            (State::Answered(at), _) => words.closed_answered(self.moment(at), self.resumed()),
            (State::Accepted(at), Kind::Change) => match self.dispute.part {
                Part::All => words.closed_accepted_change(self.moment(at)),
                Part::Date => words.closed_accepted_change_date(self.moment(at)),
                Part::Extras => words.closed_accepted_change_extras(self.moment(at)),
            },
            (State::Accepted(at), Kind::Update | Kind::Cancellation) => {
                words.closed_accepted_cancellation(self.moment(at))
            }
            (State::Declined(at), _) => words.closed_declined(self.moment(at), self.resumed()),
            (State::Withdrawn(at), _) => words.closed_withdrawn(self.moment(at), self.resumed()),
            (State::Lapsed(at), Kind::Update) => words.closed_lapsed_update(self.moment(at), self.resumed()),
            (State::Lapsed(at), Kind::Cancellation) => words.closed_lapsed_cancellation(self.moment(at)),
            (State::Lapsed(at), Kind::Change) => words.closed_lapsed_change(self.moment(at)),
            (State::Overtaken(at), Kind::Change) => words.closed_overtaken_change(self.moment(at)),
            (State::Overtaken(at), Kind::Update | Kind::Cancellation) => words.closed_overtaken(self.moment(at)),
        })
    }

    /// The question, as one sentence to the reader.
    #[must_use]
    pub fn question(&self) -> String {
        let words = self.reader.words();
        match (self.dispute.ask.kind(), self.viewer == self.dispute.opener) {
            (Kind::Update, false) if self.dispute.is_open() => words.title_update_open(self.other),
            (Kind::Cancellation, false) if self.dispute.is_open() => words.title_cancellation_open(self.other),
            (Kind::Change, false) if self.dispute.is_open() => words.title_change_open(self.other),
            (Kind::Update, false) => words.title_update_closed(self.other),
            (Kind::Cancellation, false) => words.title_cancellation_closed(self.other),
            (Kind::Change, false) => words.title_change_closed(self.other),
            (Kind::Update, true) => words.asked_update(self.other),
            (Kind::Cancellation, true) => words.asked_cancellation(self.other),
            (Kind::Change, true) => words.asked_change(self.other),
        }
    }

    /// The question with its details, for the party that must answer.
    #[must_use]
    pub fn question_to_answer(&self) -> String {
        let words = self.reader.words();
        match self.dispute.ask.kind() {
            Kind::Update => words.ask_update(self.other),
            Kind::Cancellation => words.ask_cancellation(self.other),
            Kind::Change => words.ask_change(self.other),
        }
    }
}

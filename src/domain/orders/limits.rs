//! Limits how much one party may say and ask on one order (rules 13).
//!
//! All limits are for one party on one order, over sliding windows. They look at the newest few comments and questions
//! of that party, never at the whole history. An answer (accept, decline, give an update, withdraw) is never limited.
//! Past actions are not judged again: `doctor` replays a history without the limits.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{Dispute, Event, EventKind, Kind, Party, Refusal, State};

/// How long a party waits before it reminds of the same question again, in hours (our choice).
pub const REMINDER_PAUSE_HOURS: u32 = 24;
/// Comments one party may add to one order within an hour.
pub const COMMENTS_AN_HOUR: usize = 30;
/// Comments one party may add to one dispute.
pub const COMMENTS_A_DISPUTE: usize = 200;
/// Questions one party may open on one order within 24 hours.
pub const QUESTIONS_A_DAY: usize = 10;
/// The window of [`QUESTIONS_A_DAY`], in hours.
pub const QUESTION_WINDOW_HOURS: u32 = 24;
/// Questions of one kind that are declined in a row before the next one has to wait.
pub const DECLINES_IN_A_ROW: usize = 2;
/// The pause after the last of those declines before the same kind can be asked again, in hours.
pub const PAUSE_HOURS: u32 = 24;

const COMMENT_WINDOW: TimeDelta = TimeDelta::hours(1);
const QUESTION_WINDOW: TimeDelta = TimeDelta::hours(QUESTION_WINDOW_HOURS as i64);
const PAUSE: TimeDelta = TimeDelta::hours(PAUSE_HOURS as i64);

/// The newest comments of one party on an order, as far back as the limits look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RecentComments {
    /// The moment (UTC) of the thirtieth comment, counted back; see [`COMMENTS_AN_HOUR`].
    pub fills_hour: Option<DateTime<Utc>>,
    /// The dispute of the two hundredth comment, counted back; see [`COMMENTS_A_DISPUTE`].
    pub fills_dispute: Option<i32>,
}

impl RecentComments {
    /// Takes the comments of that party from these events, oldest first.
    #[must_use]
    pub fn from_events(events: &[Event], by: Party) -> Self {
        let mut newest = events
            .iter()
            .rev()
            .filter(|event| event.kind == EventKind::Commented && event.actor.party() == Some(by))
            .map(|event| (event.at, event.dispute));
        let fills_hour = newest.clone().nth(COMMENTS_AN_HOUR - 1).map(|(at, _)| at);
        let fills_dispute = newest.nth(COMMENTS_A_DISPUTE - 1).and_then(|(_, dispute)| dispute);
        Self { fills_hour, fills_dispute }
    }

    /// Whether that party may add one more comment to that dispute now. Of two limits that are reached, the one that
    /// lasts longer is named.
    pub fn allow(&self, dispute: i32, now: DateTime<Utc>) -> Result<(), Refusal> {
        if self.fills_dispute == Some(dispute) {
            return Err(Refusal::DisputeFull(dispute));
        }
        match self.fills_hour.map(|at| at + COMMENT_WINDOW).filter(|until| now < *until) {
            Some(until) => Err(Refusal::TooManyComments(dispute, until)),
            None => Ok(()),
        }
    }
}

/// A question as the limits see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedBefore {
    /// Counts from 1 within the order.
    pub number: i32,
    /// Its kind.
    pub kind: Kind,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// When it was declined, if it ended so.
    pub declined_at: Option<DateTime<Utc>>,
}

impl From<&Dispute> for AskedBefore {
    fn from(dispute: &Dispute) -> Self {
        let declined_at = match dispute.state {
            State::Declined(at) => Some(at),
            State::Open
            | State::Answered(_)
            | State::Accepted(_)
            | State::Withdrawn(_)
            | State::Lapsed(_)
            | State::Overtaken(_) => None,
        };
        Self { number: dispute.number, kind: dispute.ask.kind(), opened_at: dispute.opened_at, declined_at }
    }
}

/// The newest questions of one party on an order; of each kind at least as many as the limits look back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecentQuestions(Vec<AskedBefore>);

impl RecentQuestions {
    /// Makes them from the newest questions of each kind, in any order.
    #[must_use]
    pub fn new(mut questions: Vec<AskedBefore>) -> Self {
        questions.sort_by_key(|question| std::cmp::Reverse(question.number));
        Self(questions)
    }

    /// Takes the questions of that party from the disputes of an order.
    #[must_use]
    pub fn from_disputes(disputes: &[Dispute], by: Party) -> Self {
        Self::new(disputes.iter().filter(|dispute| dispute.opener == by).map(AskedBefore::from).collect())
    }

    /// Whether that party may ask one more question of that kind now. Of two limits that are reached, the one that
    /// lasts longer is named.
    pub fn allow(&self, kind: Kind, now: DateTime<Utc>) -> Result<(), Refusal> {
        let day = self.0.get(QUESTIONS_A_DAY - 1).map(|question| question.opened_at + QUESTION_WINDOW);
        let pause = self.pause_after_declines(kind);
        let reached = [
            day.map(|until| (until, Refusal::TooManyQuestions(until))),
            pause.map(|until| (until, Refusal::DeclinedInARow(kind, until))),
        ];
        let longest = reached.into_iter().flatten().filter(|(until, _)| now < *until).max_by_key(|(until, _)| *until);
        longest.map_or(Ok(()), |(_, refusal)| Err(refusal))
    }

    /// The moment until which that kind must wait because its last questions were all declined.
    fn pause_after_declines(&self, kind: Kind) -> Option<DateTime<Utc>> {
        let mut newest = self.0.iter().filter(|question| question.kind == kind);
        let last = newest.next()?.declined_at?;
        let all = newest.by_ref().take(DECLINES_IN_A_ROW - 1).filter(|question| question.declined_at.is_some()).count();
        (all == DECLINES_IN_A_ROW - 1).then_some(last + PAUSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Actor;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
    }

    fn just_before(moment: DateTime<Utc>) -> DateTime<Utc> {
        moment - TimeDelta::microseconds(1)
    }

    /// This many comments of the customer on one dispute, a minute apart, and as many of the freelancer.
    fn talk(comments: i32, dispute: i32) -> Vec<Event> {
        let comment = |number: i32, by| Event {
            number,
            at: at(number.into()),
            actor: Actor::Party(by),
            kind: EventKind::Commented,
            dispute: Some(dispute),
            text: None,
            erased_at: None,
            moved: None,
        };
        (1..=comments).flat_map(|nth| [comment(nth, Party::Customer), comment(nth, Party::Freelancer)]).collect()
    }

    #[test]
    fn the_thirty_first_comment_waits_until_the_first_of_them_is_an_hour_old() {
        let comments = |so_many| RecentComments::from_events(&talk(so_many, 1), Party::Customer);
        assert_eq!(comments(29).allow(1, at(29)), Ok(()));
        let until = at(61);
        assert_eq!(comments(30).allow(1, at(30)), Err(Refusal::TooManyComments(1, until)));
        assert_eq!(comments(30).allow(1, just_before(until)), Err(Refusal::TooManyComments(1, until)));
        assert_eq!(comments(30).allow(1, until), Ok(()), "the window slides");
        assert_eq!(comments(40).allow(2, at(61)), Err(Refusal::TooManyComments(2, at(71))), "it is of the order");
    }

    #[test]
    fn a_dispute_takes_two_hundred_comments_of_one_party_however_slowly_they_come() {
        let comments = |so_many| RecentComments::from_events(&talk(so_many, 1), Party::Freelancer);
        assert_eq!(comments(199).allow(1, at(9_999)), Ok(()));
        assert_eq!(comments(200).allow(1, at(9_999)), Err(Refusal::DisputeFull(1)));
        assert_eq!(comments(200).allow(1, at(200)), Err(Refusal::DisputeFull(1)), "that lasts longer than the hour");
        assert_eq!(comments(200).allow(2, at(9_999)), Ok(()), "the next question begins anew");
    }

    #[test]
    fn what_is_no_comment_of_that_party_does_not_count() {
        let mut events = talk(30, 1);
        for event in events.iter_mut().filter(|event| event.number == 1) {
            event.kind = EventKind::Opened;
        }
        assert_eq!(RecentComments::from_events(&events, Party::Customer), RecentComments::default());
        for event in &mut events {
            event.kind = EventKind::Commented;
        }
        let fills_hour = Some(at(1));
        let expected = RecentComments { fills_hour, fills_dispute: None };
        assert_eq!(RecentComments::from_events(&events, Party::Customer), expected);
    }

    fn question(number: i32, kind: Kind, minutes: i64, declined: Option<i64>) -> AskedBefore {
        AskedBefore { number, kind, opened_at: at(minutes), declined_at: declined.map(at) }
    }

    #[test]
    fn the_eleventh_question_waits_until_the_first_of_them_is_a_day_old() {
        let asked = |so_many: i32| {
            let kind = |nth| if nth % 2 == 0 { Kind::Update } else { Kind::Cancellation };
            RecentQuestions::new((1..=so_many).map(|nth| question(nth, kind(nth), i64::from(nth), None)).collect())
        };
        assert_eq!(asked(9).allow(Kind::Update, at(9)), Ok(()));
        let until = at(1 + 24 * 60);
        assert_eq!(asked(10).allow(Kind::Update, at(10)), Err(Refusal::TooManyQuestions(until)));
        assert_eq!(asked(10).allow(Kind::Change, just_before(until)), Err(Refusal::TooManyQuestions(until)));
        assert_eq!(asked(10).allow(Kind::Update, until), Ok(()), "the window slides");
        assert_eq!(asked(12).allow(Kind::Update, until), Err(Refusal::TooManyQuestions(at(3 + 24 * 60))));
    }

    #[test]
    fn declined_twice_in_a_row_waits_a_day_from_the_second_and_other_kinds_do_not() {
        use Kind::{Cancellation, Change};
        let twice = RecentQuestions::new(vec![
            question(3, Cancellation, 30, Some(40)),
            question(2, Change, 20, None),
            question(1, Cancellation, 10, Some(15)),
        ]);
        let until = at(40 + 24 * 60);
        let refused = Err(Refusal::DeclinedInARow(Cancellation, until));
        assert_eq!(twice.allow(Cancellation, at(41)), refused);
        assert_eq!(twice.allow(Cancellation, just_before(until)), refused);
        assert_eq!(twice.allow(Cancellation, until), Ok(()));
        assert_eq!(twice.allow(Change, at(41)), Ok(()));
    }

    #[test]
    fn anything_but_a_decline_of_that_kind_begins_the_count_anew() {
        use Kind::Change;
        let asked = |ends: [Option<i64>; 3]| {
            let questions = ends.into_iter().zip(1..).map(|(end, number)| question(number, Change, 10, end));
            RecentQuestions::new(questions.collect())
        };
        let refused = |minute: i64| Err(Refusal::DeclinedInARow(Change, at(minute + 24 * 60)));
        assert_eq!(asked([Some(20), None, Some(40)]).allow(Change, at(50)), Ok(()));
        assert_eq!(asked([Some(20), Some(30), None]).allow(Change, at(50)), Ok(()));
        assert_eq!(asked([None, Some(30), Some(40)]).allow(Change, at(50)), refused(40));
        assert_eq!(asked([Some(20), Some(30), Some(40)]).allow(Change, at(50)), refused(40));
        let once = RecentQuestions::new(vec![question(1, Change, 10, Some(20))]);
        assert_eq!(once.allow(Change, at(21)), Ok(()));
    }

    #[test]
    fn of_two_limits_the_one_that_lasts_longer_is_told() {
        let mut questions: Vec<AskedBefore> =
            (1..=10).map(|nth| question(nth, Kind::Update, i64::from(nth), None)).collect();
        questions.push(question(11, Kind::Change, 20, Some(30)));
        questions.push(question(12, Kind::Change, 40, Some(50)));
        let asked = RecentQuestions::new(questions);
        let until = at(50 + 24 * 60);
        assert_eq!(asked.allow(Kind::Change, at(60)), Err(Refusal::DeclinedInARow(Kind::Change, until)));
        assert_eq!(asked.allow(Kind::Update, at(60)), Err(Refusal::TooManyQuestions(at(3 + 24 * 60))));
    }
}

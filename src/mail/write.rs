//! Writes the mail of a row of the outbox: who asks what and why, what happens if its reader does nothing, and when.

use chrono::{DateTime, Utc};

use crate::calendar::{self, Deadline};
use crate::domain::audit::chain::fingerprint;
use crate::domain::{Actor, Dispute, Event, EventKind, Kind, OptionalMail, Party, State, Status};
use crate::i18n::format::Reader;
use crate::i18n::outcomes::Outcomes;
use crate::i18n::payments::Ending;
use crate::i18n::{labels, time_markup};
use crate::mail::letter::{one_line, reader};
use crate::mail::{Letter, Mail, answer_link, notice, password, unsubscribe};
use crate::paths;
use crate::settings::Settings;
use crate::store::outbox::{OrderContext, QueuedMail, Subject};

/// Writes a mail as things stand now: a question that was answered in the meantime no longer asks for an answer.
///
/// `None` when its reader is no party of the order, which never happens with rows of ours.
#[must_use]
pub fn write(queued: &QueuedMail, settings: &Settings, now: DateTime<Utc>) -> Option<Mail> {
    let named = |matter: &OrderContext| {
        let other_name = labels::name(reader(queued, settings).words(), &matter.other_name).into_owned();
        OrderContext { other_name, ..matter.clone() }
    };
    match &queued.about {
        Subject::Event(matter, event) => Some(OfOrder::new(queued, settings, &named(matter), now)?.event(event)),
        Subject::Reminder(matter, _, opened) => OfOrder::new(queued, settings, &named(matter), now)?.reminder(opened),
        Subject::Completion(matter, delivered) => {
            Some(OfOrder::new(queued, settings, &named(matter), now)?.completion(delivered))
        }
        Subject::Password(name) => Some(password::letter(queued, settings, name)),
        Subject::Notice(notice) => Some(notice::letter(queued, settings, notice)),
    }
}

/// The kind of this mail, when its reader may switch it off.
#[must_use]
pub fn kind(about: &Subject) -> Option<OptionalMail> {
    match about {
        Subject::Event(_, event) if event.kind == EventKind::Commented => Some(OptionalMail::Comments),
        Subject::Reminder(..) | Subject::Completion(..) => Some(OptionalMail::Reminders),
        Subject::Event(..) | Subject::Password(_) | Subject::Notice(_) => None,
    }
}

/// A mail about an order, seen by its reader.
struct OfOrder<'a> {
    queued: &'a QueuedMail,
    settings: &'a Settings,
    matter: &'a OrderContext,
    reader: Reader,
    viewer: Party,
    /// The dispute as it truly stands.
    dispute: Option<Dispute>,
    now: DateTime<Utc>,
}

impl<'a> OfOrder<'a> {
    fn new(
        queued: &'a QueuedMail,
        settings: &'a Settings,
        matter: &'a OrderContext,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        Some(Self {
            queued,
            settings,
            matter,
            reader: reader(queued, settings),
            viewer: matter.order.party(queued.to.id)?,
            dispute: matter.dispute.clone().map(|dispute| dispute.settled_at(now)),
            now,
        })
    }

    fn event(&self, event: &Event) -> Mail {
        let words = self.reader.words();
        let sentence = match self.queued.further.len() {
            0 => labels::event(words, event, self.dispute.as_ref(), self.viewer, &self.matter.other_name),
            further => words.mail_comments_gathered(self.matter.other_name.as_str(), further + 1),
        };
        let asked = self.outcomes().filter(|_| self.waits_for_reader());
        let mut opening = vec![sentence.clone()];
        opening.extend(asked.as_ref().map(Outcomes::question_to_answer));
        // The news comes first: a phone shows some forty characters of a subject.
        let news = match &self.dispute {
            Some(dispute) if event.kind == EventKind::Opened && asked.is_some() => self.asks(dispute),
            _ => sentence.trim_end_matches('.').to_owned(),
        };
        let subject = format!("{news}: {}", self.matter.order.title);
        self.mail(&subject, opening, event)
    }

    /// What the other party wants, in a few words.
    fn asks(&self, dispute: &Dispute) -> String {
        let (words, other) = (self.reader.words(), self.matter.other_name.as_str());
        match dispute.ask.kind() {
            Kind::Update => words.mail_subject_update(other),
            Kind::Cancellation => words.mail_subject_cancellation(other),
            Kind::Change => words.mail_subject_change(other),
        }
    }

    fn reminder(&self, opened: &Event) -> Option<Mail> {
        let words = self.reader.words();
        let dispute = self.dispute.as_ref()?;
        // Neither the year nor the zone: it comes a day before at the earliest, and the whole moment stands in the mail.
        let moment = self.reader.short_moment(dispute.respond_by);
        let title = self.matter.order.title.as_str();
        let subject = match dispute.ask.kind() {
            Kind::Update => words.mail_reminder_subject_update(moment, title),
            Kind::Cancellation => words.mail_reminder_subject_cancellation(moment, title),
            Kind::Change => words.mail_reminder_subject_change(moment, title),
        };
        let opening = vec![words.mail_reminder(self.matter.other_name.as_str()), self.outcomes()?.question_to_answer()];
        Some(self.mail(&subject, opening, opened))
    }

    fn completion(&self, delivered: &Event) -> Mail {
        let (words, order) = (self.reader.words(), &self.matter.order);
        let moment = order.completes_at.map(|at| self.reader.moment(at)).unwrap_or_default();
        let subject = words.mail_completion_subject(moment, order.title.as_str());
        // An order may be delivered without an event that says so, when it came here by an import.
        let event = Event {
            text: delivered.text.clone().filter(|_| delivered.kind == EventKind::Delivered),
            ..delivered.clone()
        };
        self.mail(&subject, vec![words.mail_completion(self.matter.other_name.as_str())], &event)
    }

    /// Writes the parts that every mail about an order has. `event` is what happened, or what its reader is reminded
    /// of.
    fn mail(&self, subject: &str, opening: Vec<String>, event: &Event) -> Mail {
        let (words, order) = (self.reader.words(), &self.matter.order);
        let mut facts = vec![words.mail_order(order.title.as_str(), order.known_as())];
        if let Some(dispute) = self.dispute.as_ref().filter(|_| event.kind == EventKind::Opened) {
            facts.extend(labels::details(self.reader, dispute));
        }
        facts.extend(labels::moved(self.reader, event));
        let writer = if event.actor == Actor::Party(self.viewer) {
            words.mail_you_wrote()
        } else {
            words.mail_they_wrote(self.matter.other_name.as_str())
        };
        let (link, link_note) = self.link(event);
        let kind = kind(&self.queued.about);
        let letter = Letter {
            language: self.reader.language,
            name: self.queued.to.name.clone(),
            subject: one_line(subject),
            opening: self.welcome().into_iter().chain(opening).collect(),
            facts,
            said: event.text.as_ref().map(|text| {
                let further = self.queued.further.iter().filter_map(|event| event.text.as_ref());
                (writer, std::iter::once(text).chain(further).map(ToString::to_string).collect())
            }),
            outcome: self.outcome(),
            button: match &self.dispute {
                Some(_) if self.waits_for_reader() => words.center_open_answer(),
                Some(_) => words.center_open_view(),
                None => words.mail_view_order(),
            },
            link,
            link_note,
            fingerprint: self.queued.head.as_deref().map(|head| words.mail_fingerprint(fingerprint(head))),
            footer: if kind.is_some() { words.mail_footer_optional() } else { words.mail_footer() },
            operator: self.settings.operator.clone(),
        };
        let side = self.viewer.code();
        Mail {
            id: format!("{}.{side}", self.queued.key),
            thread: Some(format!("order.{}.{side}", order.reference)),
            to: self.queued.to.email.clone(),
            name: one_line(&self.queued.to.name),
            language: self.reader.language,
            text: letter.text(),
            html: letter.html(),
            subject: letter.subject,
            link: letter.link,
            unsubscribe: kind.map(|kind| unsubscribe::address(self.settings, kind, self.queued.to.id, self.now)),
            calendar: self.calendar(event),
            at: self.queued.due_at,
        }
    }

    /// The address of the page that the mail leads to. A mail that asks its reader for an answer opens the question for them
    /// alone, and says so.
    fn link(&self, event: &Event) -> (String, Option<String>) {
        let page = paths::order(self.matter.order.reference);
        let asks = matches!(self.queued.about, Subject::Reminder(..)) || event.kind == EventKind::Opened;
        if let Some(dispute) = self.dispute.as_ref().filter(|_| asks && self.waits_for_reader()) {
            let question = (self.matter.order.reference, dispute.number);
            let link = answer_link::address(self.settings, &self.queued.to, self.queued.generations, question);
            let until = self.reader.moment(dispute.respond_by);
            return (link, Some(self.reader.words().mail_link_note(until)));
        }
        let path = event.dispute.map_or_else(|| page.to_string(), |number| page.dispute(number).to_string());
        (format!("{}{path}", self.settings.public_url), None)
    }

    /// The welcome of a person who has never been here and may have heard of nothing: which site this is, what it is for, and
    /// how to get in.
    fn welcome(&self) -> Vec<String> {
        let words = self.reader.words();
        if !self.queued.is_welcome() {
            return Vec::new();
        }
        vec![words.mail_welcome_what(self.settings.host()), words.mail_welcome_how()]
    }

    /// The calendar with the deadline of a question, in the mail that asks it.
    fn calendar(&self, event: &Event) -> Option<String> {
        let is_the_opening = matches!(self.queued.about, Subject::Event(..)) && event.kind == EventKind::Opened;
        let dispute = self.dispute.as_ref().filter(|_| is_the_opening && self.waits_for_reader())?;
        let order = &self.matter.order;
        let deadline =
            Deadline { reference: order.reference, title: &order.title, other: &self.matter.other_name, dispute };
        Some(calendar::deadline(self.settings.desk(self.reader), deadline))
    }

    fn outcomes(&self) -> Option<Outcomes<'_>> {
        let dispute = self.dispute.as_ref()?;
        Some(Outcomes { reader: self.reader, dispute, viewer: self.viewer, other: &self.matter.other_name })
    }

    fn waits_for_reader(&self) -> bool {
        self.dispute.as_ref().is_some_and(|dispute| dispute.waits_for(self.viewer))
    }

    /// The outcome of silence for an open question, and how a closed one ended.
    fn outcome(&self) -> Option<String> {
        let of_question = self.outcomes().map(|outcomes| outcomes.ended().unwrap_or_else(|| outcomes.of_silence()));
        let is_open = self.dispute.as_ref().is_some_and(Dispute::is_open);
        let of_delivery = if is_open { None } else { self.delivery() };
        let said: Vec<String> = of_question.into_iter().chain(self.money()).chain(of_delivery).collect();
        (!said.is_empty()).then(|| time_markup::plain(&said.join(" ")))
    }

    /// What happens to the money, where the outcome is a cancelled order.
    fn money(&self) -> Option<String> {
        let dispute = self.dispute.as_ref().filter(|dispute| dispute.ask.kind() == Kind::Cancellation)?;
        let cancels = matches!(dispute.state, State::Open | State::Accepted(_) | State::Lapsed(_));
        let (money, order) = (self.settings.operator.money.filter(|_| cancels)?, &self.matter.order);
        money.at_the_end(Ending::Cancelled, self.reader, order.price, (self.viewer, &self.matter.other_name))
    }

    /// The outcome of a delivery without a reaction.
    fn delivery(&self) -> Option<String> {
        let (words, order, other) = (self.reader.words(), &self.matter.order, self.matter.other_name.as_str());
        let completes_at = order.completes_at.filter(|at| order.status == Status::Delivered && *at > self.now)?;
        let moment = time_markup::moment(self.reader, completes_at);
        Some(match self.viewer {
            Party::Customer => words.order_next_delivered_customer(other, moment),
            Party::Freelancer => words.order_next_delivered_freelancer(other, moment),
        })
    }
}

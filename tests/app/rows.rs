//! The rows of the table "disputes and requests" of the rules, written again here: what they open, who may, and how
//! long the other party has.

use chrono::TimeDelta;
use chrono_tz::Europe::Amsterdam;
use oplossingscentrum::domain::Language;
use oplossingscentrum::domain::{Actor, Party, Status};
use oplossingscentrum::i18n::format::Reader;
use oplossingscentrum::i18n::outcomes::Outcomes;
use oplossingscentrum::i18n::time_markup;

use crate::builders::Order;
use crate::page::Form;
use crate::page::Page;
use crate::people::Person;
use crate::world::World;

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    Update,
    CustomerCancels,
    FreelancerCancels,
    Change,
}

impl Row {
    pub const ALL: [Self; 4] = [Self::Update, Self::CustomerCancels, Self::FreelancerCancels, Self::Change];

    pub fn opener(self) -> Party {
        match self {
            Self::Update | Self::CustomerCancels => Party::Customer,
            Self::FreelancerCancels | Self::Change => Party::Freelancer,
        }
    }

    /// The party that asks and the one that is asked, out of the customer and the freelancer.
    pub fn sides<'a>(self, customer: &'a Person, freelancer: &'a Person) -> (&'a Person, &'a Person) {
        match self.opener() {
            Party::Customer => (customer, freelancer),
            Party::Freelancer => (freelancer, customer),
        }
    }

    pub fn by_opener(self) -> Actor {
        Actor::Party(self.opener())
    }

    pub fn by_respondent(self) -> Actor {
        Actor::Party(self.opener().other())
    }

    /// The other party's time to answer.
    pub fn window(self) -> TimeDelta {
        match self {
            Self::Update | Self::CustomerCancels | Self::FreelancerCancels => TimeDelta::seconds(172_800),
            Self::Change => TimeDelta::seconds(345_600),
        }
    }

    /// The status of the order while it is open.
    pub fn status(self) -> Status {
        match self {
            Self::Update | Self::CustomerCancels | Self::FreelancerCancels => Status::InDispute,
            Self::Change => Status::ChangeRequested,
        }
    }

    pub fn is_cancellation(self) -> bool {
        matches!(self, Self::CustomerCancels | Self::FreelancerCancels)
    }

    /// Opens it, through the pages.
    #[track_caller]
    pub fn opens(self, order: &Order, customer: &Person, freelancer: &Person) -> Page {
        match self {
            Self::Update => customer.asks_for_update(order, "Hoe staat het ervoor?"),
            Self::CustomerCancels => customer.asks_to_cancel(order, "too_late", "Ik kan niet langer wachten."),
            Self::FreelancerCancels => freelancer.asks_to_cancel(order, "personal", "Ik ben ziek geworden."),
            Self::Change => freelancer.requests_change(order, 5, &[("Visitekaartje", "12,50")], "Het is meer werk."),
        }
    }

    /// The form of a positive answer: the update, or accepting.
    #[track_caller]
    pub fn yes_form(self, order: &Order, customer: &Person, freelancer: &Person) -> Form {
        let (_, respondent) = self.sides(customer, freelancer);
        match self {
            Self::Update => respondent.update_form(order).fill("comment", "Morgen is het klaar."),
            Self::CustomerCancels | Self::FreelancerCancels | Self::Change => respondent.accept_form(order),
        }
    }

    /// Every form with which a party can end it or add to it, with the person who sends it.
    #[track_caller]
    pub fn every_form<'a>(
        self,
        order: &Order,
        customer: &'a Person,
        freelancer: &'a Person,
    ) -> Vec<(&'a Person, Form)> {
        let (opener, respondent) = self.sides(customer, freelancer);
        let mut forms = vec![
            (respondent, self.yes_form(order, customer, freelancer)),
            (opener, opener.withdraw_form(order)),
            (opener, opener.comment_form(order).fill("comment", "Nog iets")),
            (respondent, respondent.comment_form(order).fill("comment", "Nog iets")),
        ];
        if self != Self::Update {
            forms.push((respondent, respondent.decline_form(order).fill("comment", "Liever niet.")));
        }
        forms
    }
}

/// The sentence about how the first dispute of an order ended, as that person reads it.
pub fn what_happened(world: &World, order: &Order, language: Language, person: &Person) -> String {
    let (row, dispute) = (world.row(order), world.dispute(order, 1).settled_at(world.now()));
    let reader = Reader { language, zone: Amsterdam };
    let viewer = row.party(person.id).unwrap();
    let outcomes = Outcomes { reader, dispute: &dispute, viewer, other: "" };
    time_markup::plain(&outcomes.ended().expect("it has ended"))
}

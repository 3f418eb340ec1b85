//! What the two already agree on while a question is open, as far as the order and its changes tell. Nothing is guessed of
//! what they do not agree on.

use crate::domain::{Dispute, Status};
use crate::i18n::{labels, time_markup};
use crate::operations::orders::overview::Overview;
use crate::web::layout::Page;
use crate::web::rich_text::RichText;

/// The lines about price, date, extras and delivery, each one sentence.
pub(super) fn lines(page: &Page, overview: &Overview, open: &Dispute) -> Vec<RichText> {
    let (words, order) = (page.words, &overview.order);
    let date = |date| time_markup::date(page.reader, date);
    let mut lines = vec![words.agreed_price(page.money(&order.price))];
    let accepted = overview
        .disputes
        .iter()
        .filter_map(|dispute| Some((dispute, dispute.accepted_change()?, dispute.state.closed_at()?)));
    let mut extras = Vec::new();
    let mut moved = None;
    for (dispute, change, at) in accepted {
        extras.extend(change.extras().iter().map(|extra| {
            let title = labels::extra_title(words, extra);
            words.agreed_extra(title.as_str(), page.money(&extra.price), date(page.reader.day(at)))
        }));
        if change.extra_days().is_some() {
            moved = Some(words.agreed_date_moved(
                date(order.delivery_date),
                date(page.reader.day(at)),
                date(dispute.old_delivery_date),
            ));
        }
    }
    lines.push(moved.unwrap_or_else(|| words.agreed_date(date(order.delivery_date))));
    lines.extend(extras);
    if open.previous_status == Status::Delivered {
        lines.push(words.agreed_delivered());
    }
    lines.into_iter().map(RichText).collect()
}

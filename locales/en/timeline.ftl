# The timeline. $who is "you" for the reader and "other" for the other party.

timeline = Timeline
timeline-more = More of the timeline
timeline-earlier = Earlier events
timeline-newest = Newest events
timeline-print = Everything, to print
timeline-part = This is a part of the timeline. Everything is on { $address }.
text-erased = This text was erased on { $date }.
title-erased = (erased)
event-placed = { $who ->
    [you] You placed the order.
   *[other] { $name } placed the order.
}
event-delivered = { $who ->
    [you] You delivered the work.
   *[other] { $name } delivered the work.
}
event-revision-requested = { $who ->
    [you] You asked for a revision.
   *[other] { $name } asked for a revision.
}
event-approved = { $who ->
    [you] You approved the work. The order is completed.
   *[other] { $name } approved the work. The order is completed.
}
event-completed = Nobody responded to the delivery for { $days ->
    [one] 1 day
   *[other] { $days } days
}, so the order was completed automatically.
event-cancelled = Customer service cancelled the order.
event-imported = This order was already closed before it was added here.
event-imported-delivery = The work had been delivered when the order came here from the marketplace.
event-review-began-seen = { $who ->
    [you] You opened the order. From now on there are { $days } days to approve the work or request a revision.
   *[other] { $name } opened the order. From now on there are { $days } days to approve the work or request a revision.
}
event-review-began-told = The work has been delivered. From now on there are { $days } days to approve it or request a revision.
event-opened-update = { $who ->
    [you] You asked for an update.
   *[other] { $name } asked for an update.
}
event-opened-cancellation = { $who ->
    [you] You asked to cancel the order.
   *[other] { $name } asked to cancel the order.
}
event-opened-change = { $who ->
    [you] You requested a change.
   *[other] { $name } requested a change.
}
event-commented = { $who ->
    [you] You added a comment.
   *[other] { $name } added a comment.
}
event-update-given = { $who ->
    [you] You gave an update.
   *[other] { $name } gave an update.
}
event-accepted-cancellation = { $who ->
    [you] You agreed to cancel. The order is cancelled.
   *[other] { $name } agreed to cancel. The order is cancelled.
}
event-accepted-change = { $who ->
    [you] You agreed to the change.
   *[other] { $name } agreed to the change.
}
event-accepted-change-date = { $who ->
    [you] You agreed to the new delivery date only. The price and the extras stay as they were.
   *[other] { $name } agreed to the new delivery date only. The price and the extras stay as they were.
}
event-accepted-change-extras = { $who ->
    [you] You agreed to the extras only. The delivery date stays as it was.
   *[other] { $name } agreed to the extras only. The delivery date stays as it was.
}
event-declined-cancellation = { $who ->
    [you] You did not agree to cancel. The order continues.
   *[other] { $name } did not agree to cancel. The order continues.
}
event-declined-change = { $who ->
    [you] You did not agree to the change. Everything stays as agreed.
   *[other] { $name } did not agree to the change. Everything stays as agreed.
}
event-withdrawn-update = { $who ->
    [you] You withdrew the request for an update.
   *[other] { $name } withdrew the request for an update.
}
event-withdrawn-cancellation = { $who ->
    [you] You withdrew the request to cancel. The order continues.
   *[other] { $name } withdrew the request to cancel. The order continues.
}
event-withdrawn-change = { $who ->
    [you] You withdrew the requested change.
   *[other] { $name } withdrew the requested change.
}
event-lapsed-update = No update came within { $hours } hours. The dispute was closed automatically and the order continues.
event-lapsed-cancellation = No answer came within { $hours } hours. The order was cancelled automatically.
event-lapsed-change = No answer came within { $days ->
    [one] 1 day
   *[other] { $days } days
}. The request was withdrawn automatically. Everything stays as agreed.
event-reason = Reason: { $reason }
change-days = { $count ->
    [one] 1 extra day
   *[other] { $count } extra days
}
change-date = Delivery date: from { $old } to { $new }
change-price = Price: from { $old } to { $new }
change-title = Title: from “{ $old }” to “{ $new }”
event-delivered-outside = The work was delivered on the marketplace.
event-revision-outside = A revision was requested on the marketplace.
event-completed-outside = The order was completed on the marketplace.
event-repriced = The price was changed on the marketplace.
event-rescheduled = The delivery date was changed on the marketplace.
event-retitled = The title was changed on the marketplace.

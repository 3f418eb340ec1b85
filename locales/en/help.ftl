help = How the Resolution Center works
help-intro = Is an order stuck? In the Resolution Center, customer and freelancer settle it together, without customer service. You both see the same page, the same timeline and the same clock.
help-way = Go to your Orders page and click “View” at the order. You will find the Resolution Center on the order’s page, on the right on a large screen. Choose what you want to do and click “Continue”.
help-customer = For customers
help-freelancer = For freelancers
help-both = For both of you
help-update = Getting an update
help-update-customer = Not hearing enough? Ask for an update in the Resolution Center. The freelancer has { $days ->
    [one] 1 day
   *[other] { $days } days
} to give one. If you get no update, the dispute is closed automatically and the order returns to its previous status. You can then ask again, or ask to cancel.
help-cancel = Cancelling
help-cancel-customer = Choose a reason and explain why. The freelancer has { $hours } hours to accept or decline. If the freelancer does not accept or decline, the order is cancelled automatically. You then see “{ $status }”.
help-cancel-freelancer = Can you not do the work? Choose a reason and ask your customer to cancel; an explanation helps, and is needed with “{ $other }”. Your customer has { $hours } hours to accept or decline. If your customer does not accept or decline, the order is cancelled automatically. You then see “{ $status }”.
help-change = More time or extra work
help-change-freelancer = On the order’s page you request a change: 1 to { $days } extra days, up to { $extras } extras with their price, or both. Your customer has { $window ->
    [one] 1 day
   *[other] { $window } days
} to accept or decline. If no answer comes, the request is withdrawn automatically and everything stays as agreed.
help-change-customer = If the freelancer asks for more time or extra work, you have { $window ->
    [one] 1 day
   *[other] { $window } days
} to accept or decline. If you do nothing, everything stays as agreed.
help-answer-update = If your customer asks for an update, you have { $days ->
    [one] 1 day
   *[other] { $days } days
} to give one.
help-answer = Answering a request
help-answer-cancel = If the other party asks to cancel, you have { $hours } hours. If you do not accept or decline, the order is cancelled automatically. So answer in time if you want to go on.
help-withdraw = Withdrawing
help-withdraw-text = What you asked yourself you can withdraw as long as there is no answer: on the order’s page and in the list of open disputes.
help-limits = Limits
help-limits-text = On one order each of you can add { $an_hour } comments an hour and { $a_dispute } to one request, and within { $window } hours ask something { $questions } times. Whoever asked the same { $times } times in a row and was declined each time waits { $pause } hours before asking the same again. Answering and withdrawing are always possible.
help-clock = The clock
help-clock-text = An hour is an hour: at night, at the weekend and when the clocks change too. The delivery clock simply keeps running while you talk; only an accepted change moves the delivery date.
help-seen = Seen
help-seen-text = When the other party first opens your request, its page says so, with the time. You both see this. It does not change the time to answer.
help-from-mail = Answering from your mail
help-from-mail-text = The link in the e-mail about a request works for you alone, until your time to answer is over. With it you can read, add a comment, give an update and decline without signing in. To accept, we ask for your password.
help-delivered = After the delivery
help-delivered-text = Once delivered, the customer approves the work or requests a revision. If nothing happens for { $days ->
    [one] 1 day
   *[other] { $days } days
}, the order is completed automatically.
help-private = Who can see this?
help-private-text = Only the two of you. Customer service is not told of a dispute and cannot read it. As long as a request is open, we call it a dispute.
help-closed = Is the order closed?
help-closed-text = For a completed or cancelled order the Resolution Center cannot help any more. Please contact customer service then.
help-table = Everything in one table
help-column-what = What
help-column-who = Who asks
help-column-window = Time to answer
help-column-silence = If no answer comes
help-who-customer = The customer
help-who-freelancer = The freelancer
help-who-both = The customer or the freelancer
help-silence-update = The dispute is closed automatically, the order returns to its previous status
help-silence-cancellation = The order is cancelled automatically
help-silence-change = The request is withdrawn automatically, everything stays as agreed

# The page on cancelling.
cancelling = Cancellations
cancelling-link = Read what cancelling means
cancelling-intro = Cancelling is something you do together. One of you asks, and the other has { $hours } hours to answer. No answer is an answer too: the order is then cancelled automatically.
cancelling-ask = How to ask
cancelling-ask-customer = Are you the customer? Choose a reason and explain why. The freelancer gets both straight away.
cancelling-ask-freelancer = Are you the freelancer? Choose a reason. An explanation helps, and is needed with “{ $other }”.
cancelling-answers = What can happen next
cancelling-accepted = The other party accepts: the order is cancelled straight away. Nobody can undo that. The order then shows “{ $status }”.
cancelling-declined = The other party declines: the order continues as it was. If you are declined { $times } times in a row, you can ask again { $pause } hours later.
cancelling-silent = The other party does not accept or decline within { $hours } hours: the order is cancelled automatically. It then shows “{ $status }” too, and says that no answer came.
cancelling-withdrawn = You withdraw your request: the order continues. You can do so as long as there is no answer.
cancelling-comment = A comment is not an answer: the time keeps running. So if you want to go on, choose Decline in time.
cancelling-instead = Does it have to be cancelled?
cancelling-instead-customer = Not hearing enough? Ask for an update first.
cancelling-instead-freelancer = Need more time, or is there extra work? Request a change.
cancelling-closed = You cannot cancel a completed order here any more. Please contact customer service about that.

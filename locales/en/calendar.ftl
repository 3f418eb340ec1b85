calendar-heading = Calendar
calendar-intro = Put your delivery dates and the requests that are waiting for you in your own calendar, with a reminder beforehand. Google and Outlook only fetch a calendar about once a day and give no reminder: rely on the e-mails there.
calendar-address = Address of your calendar
calendar-address-hint = Add this address in your calendar app as a subscription. Keep it to yourself: whoever has it can read your calendar.
calendar-open = Open in your calendar app
calendar-make = Make a calendar
calendar-renew = Make a new address
calendar-renew-hint = Has somebody else seen the address? Then make a new one. The old one stops working straight away, and you add the calendar again.
calendar-stop = Turn the calendar off
calendar-too-many = You had a new address made many times in a short while. Wait { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} and then try again.
done-calendar-made = Your calendar is made. Add the address in your calendar app.
done-calendar-renewed = Your calendar has a new address. The old one no longer works.
done-calendar-stopped = Your calendar is off. The address no longer works.
calendar-update = { $name } is waiting for your update on “{ $title }”
calendar-cancellation = { $name } wants to cancel “{ $title }”: do you agree?
calendar-change = { $name } is waiting for your answer: do you agree to the change to “{ $title }”?
calendar-delivery-customer = Delivery date: { $name } delivers “{ $title }” to you
calendar-delivery-freelancer = Delivery date: you deliver “{ $title }” to { $name }
calendar-delivery-day = The agreed delivery date is { $date }, in the time zone { $zone }.
calendar-delivery-over = This delivery is no longer due.
calendar-completion = Approve or request a revision: “{ $title }”
calendar-completion-moment = { $name } has delivered. If you do nothing, the order is completed automatically on { $moment }.
calendar-completion-over = This delivery is no longer waiting for you.
calendar-hidden = Whoever has the address can read your calendar. So we only show it when you prove that it is you.
calendar-shown-until = You see the address here until { $time }.
calendar-show = Show the address
calendar-read = Last fetched: { $days ->
    [0] today
    [1] yesterday
   *[other] { $days } days ago
}
calendar-not-read = Not yet fetched by a calendar app

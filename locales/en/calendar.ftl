calendar-heading = Calendar
calendar-intro = Put what waits for your answer and your delivery dates in the calendar on your phone or computer, with a reminder beforehand.
calendar-address = Address of your calendar
calendar-address-hint = Add this address in your calendar app as a subscription. Keep it to yourself: whoever has it can read your calendar.
calendar-open = Open in your calendar app
calendar-make = Make a calendar
calendar-renew = Make a new address
calendar-renew-hint = Has somebody else seen the address? Then make a new one. The old one stops working at once, and you add the calendar again.
calendar-stop = Stop the calendar
done-calendar-made = Your calendar is made. Add the address in your calendar app.
done-calendar-renewed = Your calendar has a new address. The old one no longer works.
done-calendar-stopped = Your calendar is stopped. The address no longer works.
calendar-update = { $name } is waiting for your update on “{ $title }”
calendar-cancellation = { $name } is waiting for your answer: do you want to cancel “{ $title }”?
calendar-change = { $name } is waiting for your answer: do you agree to the change to “{ $title }”?
calendar-delivery-customer = Delivery date: { $name } delivers “{ $title }” to you
calendar-delivery-freelancer = Delivery date: you deliver “{ $title }” to { $name }
calendar-delivery-day = The agreed delivery date is { $date }, in the time zone { $zone }.
calendar-delivery-over = This delivery is no longer due.
calendar-hidden = Whoever has the address can read your calendar. So we only show it when you prove that it is you.
calendar-shown-until = You see the address here until { $time }.
calendar-show = Show the address
calendar-read = Last fetched: { $days ->
    [0] today
    [1] yesterday
   *[other] { $days } days ago
}
calendar-not-read = Not yet fetched by a calendar app

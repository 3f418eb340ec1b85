language-name = English
product = Resolution Center
skip-to-content = Skip to content

nav = Main menu
nav-orders = Orders
nav-disputes = Open disputes
nav-notifications = Notifications
nav-account = Account
nav-help = How it works
nav-waiting = { $count ->
    [one] 1 request is waiting for your answer
   *[other] { $count } requests are waiting for your answer
}
sign-out = Sign out
sign-in = Sign in
switch-language = Lees deze pagina in het Nederlands
footer-promise = Disputes go to the other party, not to customer service.
footer-service = Customer service

go-on = Continue
send = Send
back = Back
view = View
optional = (optional)
error-prefix = Error:
error-summary = Something is not right yet
next-page = Next page
previous-page = Previous page
page-number = Page { $number }
first-page = Back to the start
pages = Pages
new-tag = new

weekday = { $number ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}
month = { $number ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
month-short = { $number ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
format-date = { $weekday } { $day } { $month } { $year }
format-moment = { $date } at { $time } ({ $zone })
format-short-date = { $weekday } { $day } { $month }
format-clock = { $date } { $time }
remaining-days-hours = { $days ->
    [one] 1 day
   *[other] { $days } days
} and { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
} left
remaining-hours-minutes = { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
} and { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} left
remaining-minutes = { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} left
remaining-days = { $days ->
    [one] 1 day
   *[other] { $days } days
} left
remaining-hours = { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
} left
remaining-none = less than a minute left
remaining-over = the time is up
days = { $count ->
    [one] 1 day
   *[other] { $count } days
}
hours = { $count ->
    [one] 1 hour
   *[other] { $count } hours
}
days-left = { $count ->
    [0] today
    [one] 1 day left
   *[other] { $count } days left
}
days-past = { $count ->
    [one] 1 day ago
   *[other] { $count } days ago
}

party-customer = Customer
party-freelancer = Freelancer
party-system = Resolution Center

status-active = Active
status-delivered = Delivered
status-in-revision = In revision
status-in-dispute = In dispute
status-change-requested = Change requested
status-completed = Completed
status-mutually-cancelled = Mutually cancelled
status-cancelled = Cancelled
late = Late

state-open = Open
state-answered = Answered
state-accepted = Accepted
state-declined = Declined
state-withdrawn = Withdrawn
state-lapsed = Lapsed
state-overtaken = Overtaken

kind-update = Update requested
kind-cancellation = Cancellation requested
kind-change = Change requested

reason-ordered-by-mistake = Ordered by mistake or twice
reason-no-longer-needed = I no longer need this
reason-freelancer-unresponsive = The freelancer does not respond
reason-too-late = The delivery is or will be late
reason-not-as-agreed = The work is not as agreed
reason-asked-by-freelancer = The freelancer asked me to cancel
reason-customer-unresponsive = The customer does not respond or send information
reason-out-of-scope = The customer asks for more than agreed
reason-asked-by-customer = The customer asked me to cancel
reason-cannot-deliver = I cannot do this (in time)
reason-personal = Personal circumstances
reason-other = Other

# What the script fills in by itself gets its sentence from here, with {} for the number or the time.
script-remaining = { $time } left
script-sending = Sending…
script-count-left = Characters left: { $count }
script-count-over = Characters over the limit: { $count }
password-show = Show password
password-hide = Hide password
news = Something has just happened: { $event }
news-view = See the latest

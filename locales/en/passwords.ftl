password-forgotten-link = Forgotten your password, or no password yet?
password-forgotten = Choose a new password
password-forgotten-intro = Enter your e-mail address. We will send you a link to choose a password with, even if you have never had one.
password-ask = Send me a link
password-ask-again = Ask for a link again
password-too-many = There were too many requests for a link from this network. Wait { $minutes ->
    [one] 1 minute
   *[other] { $minutes } minutes
} and then try again.
password-sent = Check your inbox
password-sent-text = If an account belongs to this e-mail address, an e-mail with a link arrives in your inbox within a few minutes. The link works once and is valid for { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}.
password-sent-nothing = No e-mail? Check your junk or spam folder too, and check that you use the e-mail address with which you order or deliver.
password-set = Choose your password
password-set-intro = You are then signed in here, and signed out on all your other devices.
password-set-button = Save password
password-gone = This link no longer works
password-gone-text = A link works once and is valid for { $hours ->
    [one] 1 hour
   *[other] { $hours } hours
}. As soon as you choose a new password, your other links stop working too.
password-gone-ask = Ask for a new link
done-password-set = Your password is saved. You are signed in here, and signed out on your other devices.
done-password-set-code = Your password is saved. Now enter your code.

# The link in the mail about a request.

answer-asked = { $name } is asking you something
answer-button-text = The button shows you what { $name } asks, and lets you answer without signing in. { $name } will then see that you have opened the request.
answer-open = View and answer
answer-signed-in = You are already signed in here: go to the request
answer-other-account = You are signed in here as { $name }, and this link belongs to another account. What you do with the link counts for that account. Nothing changes for your own.
answer-over = This request is over
answer-over-text = The request from { $name } has been dealt with. You do not need to answer any more.
answer-expired-text = The time to answer { $name } is over, and with it this link has stopped working. Sign in to see how things stand now.
answer-to-question = Go to the request
answer-open-over = See how it ended without signing in
answer-gone = This link no longer works
answer-gone-text = The link in an e-mail about a request works for as long as you can answer. It stops sooner if you choose a new password, sign out everywhere or get another e-mail address. Sign in to see the request and answer it.
answer-rest = You can see the rest of the order once you sign in.
answer-code-intro = Your account has two-step sign-in. Enter the code from the app you sign in with to go on.
answer-password-hint = This does not sign you in. It only makes sure that it is you.
answer-no-password = You need a password to accept, and you do not have one yet. Choose one first; you can then go on at the order.
mail-link-note = This link works for you alone, until { $moment }. Do not pass it on: whoever has it can answer for you.

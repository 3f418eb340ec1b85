// What the HTML of every page must obey.
export default {
  root: true,
  extends: ["html-validate:recommended", "html-validate:document"],
  rules: {
    // Every file comes from our own origin, under a name with a hash of its content; a second hash protects nothing.
    "require-sri": ["error", { target: "crossorigin" }],
    // What is wrong with a form is said before the main heading, where the reader comes first.
    "heading-level": ["error", { minInitialRank: "h2" }],
    // A limit of search engines, which these pages keep out; a question with a name in it takes what it takes.
    "long-title": "off",
    // Where the words of a mail are shown as they are, a line "-- " begins its signature (RFC 3676).
    "no-trailing-whitespace": "off",
  },
};

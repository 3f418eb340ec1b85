// Makes a link that signs a person in; send the browser to it at once. KEY needs the scope sign_in:create.
const { OC, KEY } = process.env;
const [account, next] = process.argv.slice(2);
const answer = await fetch(`${OC}/sign-in-links`, {
  method: 'POST',
  headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
  body: JSON.stringify({ account, next }),
});
const told = await answer.json();
if (!answer.ok) throw new Error(`${told.title}: ${JSON.stringify(told.errors ?? told.detail)}`);
console.log(told.url);

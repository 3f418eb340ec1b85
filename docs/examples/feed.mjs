// Follows the feed: pays out, refunds, and remembers how far it read. STATE is a file; in your shop it is a row that you
// write in one transaction with what you did. With ONCE it stops at the end of what there is.
import { readFileSync, writeFileSync } from 'node:fs';

const { OC, KEY, STATE, ONCE } = process.env;
let next = '';
try { next = readFileSync(STATE, 'utf8'); } catch { /* the first run */ }

function settle({ type, order }) {
  switch (type) {
    case 'order.completed': return `pay out ${order.price} ${order.currency} for ${order.external_id}`;
    case 'order.mutually_cancelled': return `refund ${order.price} ${order.currency} for ${order.external_id}`;
    default: return `${type} ${order.external_id} version ${order.version}`;
  }
}

for (;;) {
  const query = new URLSearchParams({ limit: '100', wait: ONCE ? '0' : '30', ...(next && { after: next }) });
  const answer = await fetch(`${OC}/events?${query}`, { headers: { Authorization: `Bearer ${KEY}` } });
  if (answer.status === 429 || answer.status === 503) {
    await new Promise((wait) => setTimeout(wait, Number(answer.headers.get('Retry-After') ?? 1) * 1000));
    continue;
  }
  const told = await answer.json();
  if (!answer.ok) throw new Error(`${told.title}: ${told.detail}`);
  for (const entry of told.data) console.log(`${entry.position} ${settle(entry)}`);
  next = told.next;
  writeFileSync(STATE, next);
  if (ONCE && told.data.length === 0) break;
}

// Puts the accounts and orders of a shop. The same run again changes nothing, so it may run every night.
// OC is the address of the interface, KEY a key with accounts:write and orders:write.
const { OC, KEY } = process.env;

async function put(path, body) {
  for (;;) {
    const answer = await fetch(`${OC}${path}`, {
      method: 'PUT',
      headers: { Authorization: `Bearer ${KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.status === 429 || answer.status === 503) {
      const seconds = Number(answer.headers.get('Retry-After') ?? 1);
      await new Promise((wait) => setTimeout(wait, seconds * 1000));
      continue;
    }
    const told = await answer.json();
    if (!answer.ok) throw new Error(`${path}: ${told.title} ${JSON.stringify(told.errors ?? told.detail)}`);
    return { isNew: answer.status === 201, ...told };
  }
}

// A stand-in for your tables.
const people = [
  { id: 'c-4711', email: 'sanne@example.org', name: 'Sanne Smit', language: 'nl' },
  { id: 'f-4712', email: 'daan@example.org', name: 'Daan Bakker' },
];
const orders = [
  {
    id: '2026-881', title: 'Logo', price: '250.00', currency: 'EUR', placed_at: '2026-11-24T13:05:00Z',
    delivery_date: '2099-12-15', status: process.env.STATUS ?? 'active', customer: 'c-4711', freelancer: 'f-4712',
    url: 'https://marketplace.example.com/orders/2026-881',
  },
];

for (const { id, ...person } of people) await put(`/accounts/${encodeURIComponent(id)}`, person);
for (const { id, ...order } of orders) {
  const { isNew, version, page } = await put(`/orders/${encodeURIComponent(id)}`, order);
  console.log(`${id} ${isNew ? 'new' : 'known'} version ${version} ${page}`);
}

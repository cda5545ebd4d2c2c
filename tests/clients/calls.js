// The same calls for every client.
module.exports = [
  ['identify', { traits: { firstName: 'Søren' } }],
  ['track', { event: 'Order Completed', properties: { revenue: 129.95 } }],
  ['page', { name: 'Home', properties: { path: '/' } }],
  ['screen', { name: 'Basket', properties: {} }],
  ['group', { groupId: 'fjeld', traits: { name: 'Fjeld ApS' } }],
  ['alias', { previousId: 'somebody' }],
];

// One message of each kind with @segment/analytics-node: node segment.js ADDRESS KEY PREFIX
const { Analytics } = require('@segment/analytics-node');

const [host, writeKey, prefix] = process.argv.slice(2);
const client = new Analytics({ writeKey, host, flushAt: 4, flushInterval: 200 });
client.on('error', fault => { console.error(fault); process.exitCode = 1; });
require('./calls').forEach(([kind, fields], n) => client[kind]({ userId: prefix + n, ...fields }));
client.closeAndFlush({ timeout: 20000 });

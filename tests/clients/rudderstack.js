// One message of each kind with @rudderstack/rudder-sdk-node: node rudderstack.js ADDRESS KEY PREFIX
const Analytics = require('@rudderstack/rudder-sdk-node');

const [dataPlaneUrl, writeKey, prefix] = process.argv.slice(2);
const client = new Analytics(writeKey, { dataPlaneUrl, flushAt: 4, flushInterval: 200, logLevel: 'error' });
require('./calls').forEach(([kind, fields], n) => client[kind]({ userId: prefix + n, ...fields }));

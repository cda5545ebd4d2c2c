// Kendt's tracker. Two ways to load it, one script:
//   <script src="https://HOST/k.js" data-key="KEY" async></script>       window.kendt; asks for consent, views and clicks by itself
//   https://HOST/analytics.js/v1/KEY/analytics.min.js                    window.analytics; what Segment's snippet loads, with its calls
// It needs no other script, no inline code, no eval and no cookie. Each comment stands on lines of its own: they are left out when
// the script is served (Tracker.cs), and so is what stands before the first letter of a line.
(() => {
'use strict';
const script = document.currentScript;
const settings = script.dataset;
const drop = /^(.*)\/analytics\.js\/v1\/([^/]+)\//.exec(script.src);
const name = drop ? 'analytics' : 'kendt';
const host = drop ? drop[1] : settings.host || script.src.replace(/\/k\.js.*/, '');
const writeKey = drop ? drop[2] : settings.key;
const early = window[name] || [];
if (early.initialized) return;
if (!writeKey) return console.warn('k.js has no data-key: nothing is sent.');

const needsConsent = !drop && settings.consent !== 'not-needed';
const automatic = !drop && settings.auto !== 'off';
const purpose = settings.purpose || 'profiling';
// Days after which an anonymous id, and the answer with it, ends.
const life = (+settings.days || 390) * 864e5;
const waiting = 'kendt_queue_' + writeKey;
// Global Privacy Control is a no that stands above what the site or its banner says.
const refused = navigator.globalPrivacyControl;

const memory = {};
const read = key => {
  try { return JSON.parse(localStorage.getItem(key)) ?? memory[key]; } catch { return memory[key]; }
};
const keep = (key, value) => {
  memory[key] = value;
  try {
    if (value == null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch { /* no room or no storage: this page only */ }
};
const newId = () => ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, c => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

// Who is here: id, since when, user and traits, and what was answered for each purpose. In memory until it may be kept.
const fresh = () => ({ id: newId(), at: Date.now() });
// Ids that Segment's own script left are taken over, so that a visitor stays who they are when a site changes to this one.
const inherited = () => {
  const id = read('ajs_anonymous_id');
  return id ? { ...fresh(), id, user: read('ajs_user_id'), traits: read('ajs_user_traits') } : fresh();
};
const recall = () => {
  const known = read('kendt');
  return known?.at > Date.now() - life ? { ...fresh(), ...known } : drop ? inherited() : fresh();
};
let me = recall(), held = [];
let trying, failed = 0, until = 0, busy = false;

const allowed = () => !refused && (me.consent?.[purpose] ?? !needsConsent);
const store = () => allowed() && keep('kendt', me);
const forget = () => ['kendt', waiting, ...(drop ? ['ajs_anonymous_id', 'ajs_user_id', 'ajs_user_traits'] : [])].forEach(key => keep(key, null));

// Messages wait in storage, so that a reload, a crash or a day without a network loses none; the oldest leave when there are too many.
const queue = () => read(waiting) || [];
const add = messages => keep(waiting, [...queue(), ...messages].slice(-100));
const done = messages => {
  const ids = messages.map(message => message.messageId);
  keep(waiting, queue().filter(message => !ids.includes(message.messageId)));
};
// What goes in one call: browsers let a page that is being left send 64 KB.
const some = () => {
  let size = 0;
  return queue().filter((message, i) => (size += JSON.stringify(message).length) < 5e4 || !i);
};
const body = batch => JSON.stringify({ batch, writeKey, sentAt: new Date() });

const later = () => {
  clearTimeout(trying);
  trying = setTimeout(send, Math.max(0, until - Date.now()));
};
// text/plain and no header of its own: the browser asks nobody beforehand. What will pass by itself is tried again, with the same
// messageId, so that a message that came although its answer did not is taken once.
const send = async () => {
  const batch = some();
  if (!batch.length || busy) return;
  busy = true;
  try {
    const answer = await fetch(host + '/v1/batch', { method: 'POST', credentials: 'omit', headers: { 'Content-Type': 'text/plain' }, body: body(batch) });
    if (answer.status === 408 || answer.status === 429 || answer.status >= 500) throw answer;
    if (!answer.ok) console.warn('Kendt answered ' + answer.status);
    failed = 0;
    done(batch);
  } catch (fault) {
    until = Date.now() + Math.max(Math.min(1e3 * 2 ** failed++, 3e5) * (1 + Math.random() / 2), 1e3 * (fault.headers?.get('Retry-After') || 0));
  }
  busy = false;
  if (queue().length) later();
};
const beacon = batch => navigator.sendBeacon(host + '/beacon/v1/batch?writeKey=' + writeKey, body(batch));
const leave = () => {
  const batch = some();
  if (batch.length && navigator.onLine && beacon(batch)) done(batch);
};

const pageNow = () => ({ path: location.pathname, referrer, search: location.search, title: document.title, url: location.href });
const campaign = () => {
  const found = {};
  new URLSearchParams(location.search).forEach((value, key) => {
    if (key.startsWith('utm_')) found[key === 'utm_campaign' ? 'name' : key.slice(4)] = value;
  });
  return found;
};
const say = (type, fields, options) => {
  if (refused) return;
  const message = {
    type, messageId: newId(), timestamp: new Date(), userId: me.user ?? undefined, anonymousId: me.id, integrations: options?.integrations, ...fields,
    context: { library: { name: 'kendt.js', version: '2' }, page: pageNow(), campaign: campaign(), locale: navigator.language,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, userAgent: navigator.userAgent, ...options?.context },
  };
  if (allowed()) {
    store();
    add([message]);
    later();
  } else if (held.push(message) > 20) held.shift();
};

const isText = value => typeof value === 'string' || typeof value === 'number';
// The last argument may be a callback; names and ids before the object may be left out.
const split = (values, words) => {
  values = values.filter(value => typeof value !== 'function');
  const names = [];
  while (names.length < words && (isText(values[0]) || values[0] == null && values.length > 1)) names.push(values.shift());
  return [names, values[0] ?? {}, values[1]];
};
const view = (type, values) => {
  const [names, own, options] = split(values, 2);
  const [category, title] = names.length === 2 ? names : [undefined, names[0]];
  say(type, { name: title, category, properties: { ...(type === 'page' ? pageNow() : {}), ...own, name: title, category } }, options);
};
const calls = {
  track: (...values) => { const [[event], properties, options] = split(values, 1); say('track', { event, properties }, options); },
  page: (...values) => view('page', values),
  screen: (...values) => view('screen', values),
  identify: (...values) => {
    const [[user], own, options] = split(values, 1);
    // Another person at the same screen is another visitor from here on.
    if (user != null && me.user != null && String(user) !== me.user) me = { ...fresh(), consent: me.consent };
    if (user != null) me.user = String(user);
    me.traits = { ...me.traits, ...own };
    say('identify', { traits: me.traits }, options);
  },
  group: (...values) => { const [[groupId], traits, options] = split(values, 1); say('group', { groupId, traits }, options); },
  alias: (userId, previousId, options) => say('alias', { userId, previousId: isText(previousId) ? previousId : me.user ?? me.id }, options),
  // true, false, or an answer for each purpose; without an answer it says what was answered.
  consent: answer => {
    if (answer === undefined) return me.consent;
    const before = allowed(), was = JSON.stringify(me.consent);
    me.consent = { ...me.consent, ...(typeof answer === 'object' ? answer : { [purpose]: !!answer }) };
    const now = allowed(), first = held;
    held = [];
    if (now && !before) add(first);
    if (before || now) {
      if (JSON.stringify(me.consent) !== was) say('track', { event: 'Consent Changed' }, { context: { consent: { categoryPreferences: me.consent } } });
    }
    if (before && !now) {
      // The no itself is told, for it is owed; then nothing that knows the visitor is left here.
      beacon(held);
      const { consent } = me;
      me = { ...fresh(), consent };
      held = [];
      forget();
      // Where nobody is asked, the no has to be remembered.
      if (!needsConsent) keep('kendt', { at: me.at, consent });
    }
    return me.consent;
  },
  reset: () => {
    me = { ...fresh(), consent: me.consent };
    store();
  },
  setAnonymousId: id => { me.id = id; store(); return id; },
  user: () => ({ id: () => me.user ?? null, anonymousId: () => me.id, traits: () => me.traits ?? {} }),
  ready: callback => callback(),
  load: () => {},
};

// Where a view came from: the site before, and within a single-page application the view before.
let referrer = document.referrer, seen = location.href.split('#')[0];
const moved = () => setTimeout(() => {
  const now = location.href.split('#')[0];
  if (now === seen) return;
  referrer = seen;
  seen = now;
  calls.page();
});
// data-kendt-product-id="T-17" is the property product_id; what reads as a number is one.
const clicked = event => {
  const element = event.target.closest?.('[data-kendt-event]');
  if (!element || (element.tagName === 'FORM') !== (event.type === 'submit')) return;
  const properties = {};
  for (const { name: attribute, value } of element.attributes) {
    if (attribute.startsWith('data-kendt-') && attribute !== 'data-kendt-event')
      properties[attribute.slice(11).replace(/-/g, '_')] = /^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/.test(value) ? +value : value;
  }
  calls.track(element.dataset.kendtEvent, properties);
};

if (refused || (needsConsent && !allowed())) forget();
if (automatic) {
  for (const method of ['pushState', 'replaceState']) {
    const own = history[method];
    history[method] = function (...values) {
      const result = own.apply(this, values);
      moved();
      return result;
    };
  }
  addEventListener('popstate', moved);
  addEventListener('click', clicked, true);
  addEventListener('submit', clicked, true);
  calls.page();
}
addEventListener('online', () => {
  until = 0;
  later();
});
// Another tab has learnt who is here, or was told no.
addEventListener('storage', event => {
  if (event.key !== 'kendt') return;
  memory.kendt = null;
  me = recall();
});
addEventListener('pagehide', leave);
addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leave());

window[name] = { ...calls, initialized: true, push: ([call, ...values]) => calls[call]?.(...values) };
[...early].forEach(window[name].push);
if (allowed()) later();
})();

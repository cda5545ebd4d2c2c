// Kendt's tracker: what the snippet of analytics.js loads. Same calls, same ids in local storage, no third party.
// Address and write key come from its own address, so it needs no other script and no inline code.
(() => {
  'use strict';
  const [, host, writeKey] = /^(.*)\/analytics\.js\/v1\/([^/]+)\//.exec(document.currentScript.src);
  const waiting = Array.isArray(window.analytics) ? window.analytics : [];
  const mayTrack = !navigator.globalPrivacyControl;
  const memory = {};

  const read = name => {
    try { return JSON.parse(localStorage.getItem(name)) ?? memory[name]; } catch { return memory[name]; }
  };
  const keep = (name, value) => {
    memory[name] = value;
    try {
      if (value == null) localStorage.removeItem(name);
      else localStorage.setItem(name, JSON.stringify(value));
    } catch { /* no storage: this page only */ }
  };
  const newId = () => ([1e7] + -1e3 + -4e3 + -8e3 + -1e11).replace(/[018]/g, c => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));
  const anonymousId = () => {
    if (!read('ajs_anonymous_id')) keep('ajs_anonymous_id', newId());
    return read('ajs_anonymous_id');
  };

  const pageNow = () => ({ path: location.pathname, referrer: document.referrer, search: location.search, title: document.title, url: location.href });
  const campaign = () => {
    const found = {};
    new URLSearchParams(location.search).forEach((value, name) => {
      if (name.startsWith('utm_')) found[name === 'utm_campaign' ? 'name' : name.slice(4)] = value;
    });
    return found;
  };

  // text/plain and no header of its own: the browser asks nobody beforehand. What will pass is tried again with the same messageId.
  const send = (message, tries) => fetch(host + '/v1/' + message.type, {
    method: 'POST', keepalive: true, credentials: 'omit', headers: { 'Content-Type': 'text/plain' },
    body: JSON.stringify({ ...message, writeKey, sentAt: new Date() }),
  }).then(answer => answer.status === 429 || answer.status >= 500 ? Promise.reject(answer) : answer)
    .catch(fault => tries < 8 && setTimeout(() => send(message, tries + 1), Math.max(1000 * 2 ** tries, 1000 * (fault.headers?.get('Retry-After') || 0))));

  const say = (type, fields, options) => {
    if (mayTrack) send({
      type, messageId: newId(), timestamp: new Date(), userId: read('ajs_user_id') ?? undefined, anonymousId: anonymousId(),
      integrations: options?.integrations, ...fields,
      context: { library: { name: 'kendt.js', version: '1' }, page: pageNow(), campaign: campaign(), locale: navigator.language,
        timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, userAgent: navigator.userAgent, ...options?.context },
    }, 0);
  };
  const isText = value => typeof value === 'string' || typeof value === 'number';
  // The last argument may be a callback; names and ids before the object may be left out.
  const split = (values, words) => {
    values = values.filter(value => typeof value !== 'function');
    const names = [];
    while (names.length < words && (isText(values[0]) || values[0] == null && values.length > 1)) names.push(values.shift());
    return [names, values[0] ?? {}, values[1]];
  };

  const calls = {
    track: (...values) => { const [[event], properties, options] = split(values, 1); say('track', { event, properties }, options); },
    page: (...values) => view('page', values),
    screen: (...values) => view('screen', values),
    identify: (...values) => {
      const [[userId], own, options] = split(values, 1);
      if (userId != null && read('ajs_user_id') != null && String(userId) !== read('ajs_user_id')) keep('ajs_user_traits', null);
      if (userId != null) keep('ajs_user_id', String(userId));
      keep('ajs_user_traits', { ...read('ajs_user_traits'), ...own });
      say('identify', { traits: read('ajs_user_traits') }, options);
    },
    group: (...values) => { const [[groupId], traits, options] = split(values, 1); say('group', { groupId, traits }, options); },
    alias: (userId, previousId, options) => say('alias', { userId, previousId: isText(previousId) ? previousId : read('ajs_user_id') ?? anonymousId() }, options),
    reset: () => ['ajs_user_id', 'ajs_user_traits', 'ajs_anonymous_id'].forEach(name => keep(name, null)),
    setAnonymousId: id => { keep('ajs_anonymous_id', id); return id; },
    user: () => ({ id: () => read('ajs_user_id') ?? null, anonymousId, traits: () => read('ajs_user_traits') ?? {} }),
    ready: callback => callback(),
    load: () => {},
  };
  const view = (type, values) => {
    const [names, own, options] = split(values, 2);
    const [category, name] = names.length === 2 ? names : [undefined, names[0]];
    say(type, { name, category, properties: { ...(type === 'page' ? pageNow() : {}), ...own, name, category } }, options);
  };

  window.analytics = { ...calls, initialized: true, push: ([name, ...values]) => calls[name]?.(...values) };
  waiting.forEach(window.analytics.push);
})();

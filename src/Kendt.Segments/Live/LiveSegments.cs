using System.Diagnostics;
using Kendt.Model;
using Kendt.Model.Filters;
using Kendt.Store;

namespace Kendt.Segments.Live;

/// <summary>What a live segment is doing: its members, and while it is being built how far that is.</summary>
public sealed record LiveStatus(string Name, bool IsBuilding, long Members, long Done, long Total);

/// <summary>
/// Keeps the members of all stored segments as things happen and as time passes. A projection of its own: it reads what
/// pipeline, identity and consent have added after its offsets, judges the profiles that changed by the segments that look
/// at what changed, and writes facts, members, changes, due times and offsets in one transaction of the ledger. So it
/// continues after a kill where it was. One round at a time; who calls decides when.
/// </summary>
public sealed class LiveSegments(Stores stores, Catalogue catalogue, TimeProvider time) : IDisposable
{
    private const int DueAtOnce = 1_000;

    private static readonly ActivitySource Spans = new("Kendt.Segments");

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly LiveTail _tail = new(stores);
    private readonly LiveCache _cache = new();
    private LiveRules _rules = LiveRules.None;
    private LiveNeeds _needs = new();
    private LiveOffsets? _at;
    private LiveBuild? _build;
    private long _catalogue = -1;

    /// <summary>When time alone may move somebody next; null if never.</summary>
    public DateTimeOffset? NextDue { get; private set; }

    /// <summary>One round: rules that were put or removed, what is new, who is due, a piece of what is being built.</summary>
    /// <returns>Whether there is more to do at once.</returns>
    public async Task<bool> StepAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var at = _at ??= await stores.Ledger.ReadAsync(s => LiveOffsets.ReadAsync(s, cancel), cancel);
            if (_catalogue != catalogue.Version) await AdoptAsync(cancel);
            var news = await TakeAsync(at, cancel);
            var woken = await WakeAsync(cancel);
            var building = await BuildAsync(cancel);
            NextDue = await stores.Ledger.ReadAsync(s => LiveTable.NextDueAsync(s, cancel), cancel);
            return news || woken || building;
        }
        catch
        {
            // What is in memory may be ahead of what was written: begin again from the store.
            (_at, _build, _catalogue) = (null, null, -1);
            _cache.Clear();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Runs rounds until nothing is left to do now.</summary>
    public async Task CatchUpAsync(CancellationToken cancel)
    {
        while (await StepAsync(cancel)) cancel.ThrowIfCancellationRequested();
    }

    /// <summary>All segments of live evaluation.</summary>
    public async Task<IReadOnlyList<LiveStatus>> StatusAsync(CancellationToken cancel)
    {
        var build = _build;
        return [.. (await stores.Ledger.ReadAsync(s => LiveTable.SegmentsAsync(s, cancel), cancel)).Select(s => build?.Changed.Contains(s.Name) == true
            ? new LiveStatus(s.Name, true, s.Members, build.Progress.Done, build.Progress.Total) : new(s.Name, s.State == LiveSegment.Building, s.Members, 0, 0))];
    }

    /// <summary>Waits until a segment is live by the rule that is stored now, or for so long; it runs rounds itself, so it needs nobody else.</summary>
    public async Task<LiveStatus> BuiltAsync(string segment, TimeSpan longest, CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            await StepAsync(cancel);
            var status = (await StatusAsync(cancel)).FirstOrDefault(s => s.Name == segment);
            if (status is { IsBuilding: false } || time.GetElapsedTime(begun) > longest) return status ?? new(segment, true, 0, 0, 0);
        }
    }

    /// <summary>
    /// Reads the facts of these profiles from the warehouse again and judges them by every rule: after events were given to
    /// other profiles, or where a check found that something was remembered wrongly.
    /// </summary>
    public async Task RebuildAsync(IReadOnlyCollection<ProfileId> profiles, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var at = _at ??= await stores.Ledger.ReadAsync(s => LiveOffsets.ReadAsync(s, cancel), cancel);
            if (_catalogue != catalogue.Version) await AdoptAsync(cancel);
            var now = time.GetUtcNow();
            foreach (var some in profiles.Distinct().Chunk(DueAtOnce)) await RebuildAsync(some.ToDictionary(id => id, _ => Cause.Check), at, cancel);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Lets go of facts that no rule looks at any more, of those too who do nothing more, a part of the people at a time.</summary>
    public async Task PruneAsync(CancellationToken cancel)
    {
        ProfileId? last = default(ProfileId);
        while (last is { } after)
        {
            await _turn.WaitAsync(cancel);
            try
            {
                last = await stores.Ledger.WriteAsync(s => LiveTable.PruneAsync(s, _needs, after, time.GetUtcNow(), cancel), cancel);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private async Task RebuildAsync(Dictionary<ProfileId, Cause> some, LiveOffsets at, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var history = await LiveHistory.OfAsync(stores, [.. some.Keys], _needs, at, cancel);
        _cache.Remove(some.Keys);
        var known = await LoadAsync(some.Keys, cancel);
        var judge = new LiveJudge(_rules, _needs, now);
        foreach (var (id, cause) in some)
        {
            var fresh = known[id].WithFacts(history[id].Facts.Where(f => _needs.Wants(f, now)));
            if (history[id].IsKnown) judge.Judge(fresh, _rules.Names.ToDictionary(n => n, _ => cause, StringComparer.Ordinal));
            else judge.Remove(fresh, cause);
            judge.Writes.Facts.AddRange(fresh.Said);
        }
        await stores.Ledger.WriteAsync(async s =>
        {
            await LiveTable.ForgetAsync(s, some.Keys, cancel);
            await LiveTable.WriteAsync(s, judge.Writes, cancel);
        }, cancel);
        _cache.Remove(some.Keys);
    }

    // What was used lately is at hand; it is changed in memory before it is written, so a fault lets all of it go.
    private async Task<Dictionary<ProfileId, LiveProfile>> LoadAsync(IReadOnlyCollection<ProfileId> ids, CancellationToken cancel)
    {
        var profiles = new Dictionary<ProfileId, LiveProfile>(ids.Count);
        foreach (var id in ids) if (_cache.Find(id) is { } profile) profiles[id] = profile;
        var others = ids.Where(id => !profiles.ContainsKey(id)).ToList();
        if (others.Count == 0) return profiles;
        foreach (var profile in (await stores.Ledger.ReadAsync(s => LiveTable.LoadAsync(s, others, _needs, cancel), cancel)).Values)
        {
            profiles[profile.Id] = profile;
            _cache.Keep(profile);
        }
        return profiles;
    }

    // Takes over what was put and removed since.
    private async Task AdoptAsync(CancellationToken cancel)
    {
        var version = catalogue.Version;
        var all = await catalogue.ListAsync(cancel);
        var known = await MeasureRules.OfAsync(stores, [.. all.Select(s => s.Rule)], cancel);
        var stored = all.ToDictionary(s => s.Name, s => FilterMeasures.Expand(s.Rule, known), StringComparer.Ordinal);
        var live = (await stores.Ledger.ReadAsync(s => LiveTable.SegmentsAsync(s, cancel), cancel)).ToDictionary(s => s.Name, StringComparer.Ordinal);
        var merging = await MergePolicies.ReadAsync(stores, cancel);
        if (_catalogue < 0) _rules = new(Sound(live.Values.Where(s => s.Rule.Length > 0).ToDictionary(s => s.Name, s => FilterJson.Parse(s.Rule), StringComparer.Ordinal), stored), merging);
        else _rules = new(Sound(_rules.Names.ToDictionary(n => n, _rules.Rule, StringComparer.Ordinal), stored), _rules.Merging);

        var target = new LiveRules(stored, merging);
        var changed = target.WithDependents([.. stored.Where(s => !live.TryGetValue(s.Key, out var had) || had.State != LiveSegment.Live || had.Rule != FilterWriter.Write(s.Value) || had.Merging != target.MergingOf(s.Key)).Select(s => s.Key)]);
        var now = time.GetUtcNow();
        await stores.Ledger.WriteAsync(async s =>
        {
            foreach (var name in live.Keys.Where(n => !stored.ContainsKey(n))) await LiveTable.RemoveAsync(s, name, now, cancel);
            foreach (var name in changed.Where(n => !live.ContainsKey(n))) await LiveTable.PutAsync(s, name, "", "", LiveSegment.Building, cancel);
        }, cancel);
        _needs = new();
        _needs.Add(_rules.Needs);
        _needs.Add(target.Needs);
        _build = changed.Count == 0 ? null : new(target, changed, _at!, target.Needs.Beyond(_rules.Needs));
        if (_build is null) _rules = target;
        _cache.Clear();
        _catalogue = version;
    }

    // Rules can be judged by if all that they are built on is there.
    private static Dictionary<string, Filter> Sound(Dictionary<string, Filter> rules, Dictionary<string, Filter> stored) => rules
        .Where(r => stored.ContainsKey(r.Key) && References.Names(r.Value, rules).All(n => rules.ContainsKey(n) && stored.ContainsKey(n)))
        .ToDictionary(r => r.Key, r => r.Value, StringComparer.Ordinal);

    private async Task<bool> TakeAsync(LiveOffsets at, CancellationToken cancel)
    {
        if (await _tail.ReadAsync(at, _needs, cancel) is not { } news) return false;
        using var span = Spans.StartActivity("segments.live");
        var now = time.GetUtcNow();
        // What is not said any more may have hidden what was forgotten, so these are read again, before the offset moves on.
        foreach (var some in news.Withdrawn.GroupBy(w => w.Profile).Chunk(DueAtOnce))
            await RebuildAsync(some.ToDictionary(w => w.Key, w => w.MaxBy(f => f.Seq) is var last ? new Cause("trait", last.Name, last.Seq) : Cause.Check), news.Upto, cancel);
        var facts = news.Facts.Where(f => _needs.Wants(f, now)).ToList();
        var ids = facts.Select(f => f.Profile).Concat(news.Consents.Select(c => c.Profile)).Concat(news.Merges.SelectMany(m => (ProfileId[])[m.Loser, m.Survivor])).ToHashSet();
        // What somebody is known by is not in the tail, but whoever was seen or named may be known by more.
        HashSet<ProfileId> named = _needs.Identifiers.Count > 0 ? [.. news.Seen, .. news.Named] : [];
        ids.UnionWith(named);
        _cache.Remove(named);
        ids.UnionWith(await stores.Ledger.ReadAsync(s => LiveTable.NewAsync(s, [.. news.Seen.Where(id => !ids.Contains(id))], cancel), cancel));
        _cache.Remove(news.Consents.Select(c => c.Profile).Concat(news.Merges.SelectMany(m => (ProfileId[])[m.Loser, m.Survivor])));
        var profiles = await LoadAsync(ids, cancel);
        var causes = ids.ToDictionary(id => id, _ => new Dictionary<string, Cause>(StringComparer.Ordinal));
        var judge = new LiveJudge(_rules, _needs, now);
        foreach (var type in _needs.Identifiers)
            foreach (var name in _rules.Watching(FactKind.Identifier, type))
                foreach (var id in named) causes[id][name] = new("identifier", type, null);
        foreach (var (loser, survivor) in news.Merges)
        {
            judge.Merge(profiles[loser], profiles[survivor]);
            foreach (var name in _rules.Names) causes[survivor][name] = Cause.Merge;
        }
        foreach (var fact in facts)
        {
            profiles[fact.Profile].Add(fact);
            var cause = new Cause(fact.Kind is FactKind.Event ? "event" : "trait", fact.Name, fact.Seq);
            foreach (var name in _rules.Watching(fact.Kind, fact.Name)) causes[fact.Profile][name] = cause;
        }
        foreach (var (profile, purpose, seq) in news.Consents)
            foreach (var name in _rules.Watching(FactKind.Consent, purpose)) causes[profile][name] = new("consent", purpose, seq);
        // Who was merged away is judged no more, and a decision alone makes nobody known.
        var lost = news.Merges.Select(m => m.Loser).ToHashSet();
        var seen = news.Seen.Concat(news.Merges.Where(m => profiles[m.Loser].Known).Select(m => m.Survivor)).ToHashSet();
        foreach (var profile in profiles.Values) if (!lost.Contains(profile.Id) && (profile.Known || seen.Contains(profile.Id))) judge.Judge(profile, causes[profile.Id]);
        judge.Writes.Facts.AddRange(facts);
        await WriteAsync(judge.Writes, s => news.Upto.WriteAsync(s, at, cancel), cancel);
        _at = news.Upto;
        _cache.Remove(lost);
        return news.HasMore;
    }

    private async Task<bool> WakeAsync(CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var due = await stores.Ledger.ReadAsync(s => LiveTable.DueAsync(s, now, DueAtOnce, cancel), cancel);
        if (due.Count == 0) return false;
        using var span = Spans.StartActivity("segments.wake");
        var judge = new LiveJudge(_rules, _needs, now);
        foreach (var profile in (await LoadAsync(due, cancel)).Values) judge.Judge(profile, new(StringComparer.Ordinal));
        await WriteAsync(judge.Writes, _ => Task.CompletedTask, cancel);
        return due.Count == DueAtOnce;
    }

    private async Task<bool> BuildAsync(CancellationToken cancel)
    {
        if (_build is not { } build) return false;
        if (!build.IsRemembered)
        {
            await build.RememberAsync(stores, _tail, time.GetUtcNow(), cancel);
            _cache.Clear();
            if (!build.IsRemembered) return true;
        }
        if (_rules != build.Rules)
        {
            await stores.Ledger.WriteAsync(async s =>
            {
                foreach (var name in build.Changed) await LiveTable.PutAsync(s, name, FilterWriter.Write(build.Rules.Rule(name)), build.Rules.MergingOf(name), LiveSegment.Building, cancel);
            }, cancel);
            _rules = build.Rules;
        }
        _cache.Clear();
        if (await build.JudgeAsync(stores, time.GetUtcNow(), cancel)) return true;
        (_build, _needs) = (null, _rules.Needs);
        return false;
    }

    private Task WriteAsync(LiveWrites writes, Func<Session, Task> more, CancellationToken cancel) => stores.Ledger.WriteAsync(async s =>
    {
        await LiveTable.WriteAsync(s, writes, cancel);
        await more(s);
    }, cancel);

    public void Dispose() => _turn.Dispose();
}

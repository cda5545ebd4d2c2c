using Kendt.Model;
using Kendt.Store;

namespace Kendt.Segments.Live;

/// <summary>A segment as live evaluation has it.</summary>
/// <param name="Rule">The rule as canonical JSON that its members are judged by.</param>
/// <param name="Merging">What the policy said of the traits that it looks at; see <see cref="LiveRules.MergingOf"/>.</param>
/// <param name="State"><c>building</c> until everybody was judged by that rule once, then <c>live</c>.</param>
/// <param name="Members">How many are in it now.</param>
public sealed record LiveSegment(string Name, string Rule, string Merging, string State, long Members)
{
    public const string Building = "building", Live = "live";
}

/// <summary>Reads and writes the tables of live evaluation, many profiles at a time.</summary>
internal static class LiveTable
{
    private const string Member = "m", Known = "k";

    public static Task<List<LiveSegment>> SegmentsAsync(Session ledger, CancellationToken cancel) =>
        ledger.ListAsync(Sql.Of($"select name, rule, merging, state, members from live_segment order by name"), r => new LiveSegment(r.Text(0), r.Text(1), r.Text(2), r.Text(3), r.Long(4)), cancel);

    /// <summary>These profiles, known or not.</summary>
    public static async Task<Dictionary<ProfileId, LiveProfile>> LoadAsync(Session ledger, IReadOnlyCollection<ProfileId> ids, bool consents, CancellationToken cancel)
    {
        var profiles = ids.ToDictionary(id => id, id => new LiveProfile(id));
        object?[][] asked = [.. ids.Select(id => new object?[] { id })];
        foreach (var row in await ledger.ListChunkedAsync(asked, rows => Stored(rows), Read, cancel)) Put(profiles, row);
        if (consents) foreach (var (id, decision) in await ledger.ListChunkedAsync(asked, rows => Decided(rows), ReadConsent, cancel)) profiles[id].Add(decision);
        return profiles;
    }

    /// <summary>Known profiles after an id, in the order of their ids.</summary>
    public static async Task<Dictionary<ProfileId, LiveProfile>> LoadAsync(Session ledger, ProfileId after, int most, bool consents, CancellationToken cancel)
    {
        var page = Sql.Of($"select profile_id from live_profile where profile_id > {after} order by profile_id limit {(long)most}");
        var profiles = new Dictionary<ProfileId, LiveProfile>();
        foreach (var row in await ledger.ListAsync(Stored(page), Read, cancel))
        {
            profiles.TryAdd(row.Id, new(row.Id));
            Put(profiles, row);
        }
        if (consents) foreach (var (id, decision) in await ledger.ListAsync(Decided(page), ReadConsent, cancel)) profiles[id].Add(decision);
        return profiles;
    }

    /// <summary>Those of these profiles that were never judged.</summary>
    public static Task<List<ProfileId>> NewAsync(Session ledger, IReadOnlyList<ProfileId> ids, CancellationToken cancel) => ledger.ListChunkedAsync([.. ids.Select(id => new object?[] { id })],
        rows => Sql.Of($"with v(profile_id) as ({rows}) select v.profile_id from v left join live_profile p on p.profile_id = v.profile_id where p.profile_id is null"), r => r.ProfileId(0), cancel);

    /// <summary>Those whom time alone may have moved by now, the longest overdue first.</summary>
    public static Task<List<ProfileId>> DueAsync(Session ledger, DateTimeOffset now, int most, CancellationToken cancel) =>
        ledger.ListAsync(Sql.Of($"select profile_id from live_profile where due_at <= {now} order by due_at limit {(long)most}"), r => r.ProfileId(0), cancel);

    public static Task<DateTimeOffset?> NextDueAsync(Session ledger, CancellationToken cancel) =>
        ledger.FirstAsync(Sql.Of($"select min(due_at) from live_profile where due_at is not null"), r => r.TimeOrNull(0), cancel);

    public static async Task WriteAsync(Session ledger, LiveWrites writes, CancellationToken cancel)
    {
        ledger.Changes(writes.Changes.Select(c => c.Profile));
        await MoveAsync(ledger, writes.Merges, cancel);
        await RemoveAsync(ledger, writes.Gone, cancel);
        await RememberAsync(ledger, writes.Facts, cancel);
        await ledger.ExecuteChunkedAsync([.. writes.Forgotten.Select(f => new object?[] { f.Profile, Kind(f.Kind), f.Name, f.Seq })], rows => Sql.Of($"""
            with v(profile_id, kind, name, seq) as ({rows})
            delete from live_fact where (profile_id, kind, name, seq) in (select profile_id, kind, name, seq from v)
            """), cancel);
        await ledger.ExecuteChunkedAsync([.. writes.Judged.Where(j => j.Due is not null).Select(j => new object?[] { j.Profile, j.Due })],
            rows => Sql.Of($"insert into live_profile (profile_id, due_at) {rows} on conflict (profile_id) do update set due_at = excluded.due_at"), cancel);
        await ledger.ExecuteChunkedAsync([.. writes.Judged.Where(j => j.Due is null).Select(j => new object?[] { j.Profile })],
            rows => Sql.Of($"with v(profile_id) as ({rows}) insert into live_profile (profile_id, due_at) select profile_id, null from v where 1 = 1 on conflict (profile_id) do update set due_at = null"), cancel);
        await ChangeAsync(ledger, writes.Changes, cancel);
    }

    /// <summary>Adds facts; the same again is replaced by what more is known of it.</summary>
    public static Task RememberAsync(Session ledger, IReadOnlyList<LiveFact> facts, CancellationToken cancel)
    {
        ledger.Changes();
        return ledger.ExecuteChunkedAsync(
            [.. facts.Select(f => new object?[] { f.Profile, Kind(f.Kind), f.Name, f.Seq, f.At, f.Value.GetRawText(), f.Source, f.Record })],
            rows => Sql.Of($"insert into live_fact (profile_id, kind, name, seq, ts, value, source, record) {rows} on conflict (profile_id, kind, name, seq) do update set value = excluded.value"), cancel);
    }

    /// <summary>Forgets all facts of these profiles, before they are read again.</summary>
    public static Task ForgetAsync(Session ledger, IReadOnlyCollection<ProfileId> ids, CancellationToken cancel) => ledger.ExecuteChunkedAsync(
        [.. ids.Select(id => new object?[] { id })], rows => Sql.Of($"with v(profile_id) as ({rows}) delete from live_fact where profile_id in (select profile_id from v)"), cancel);

    /// <summary>Lets go of the facts of the next people that are not needed, and gives the last of them; null when there are no more.</summary>
    public static async Task<ProfileId?> PruneAsync(Session ledger, LiveNeeds needs, ProfileId after, DateTimeOffset now, CancellationToken cancel)
    {
        ledger.Changes();
        var last = await ledger.FirstAsync(Sql.Of($"select profile_id from (select profile_id from live_profile where profile_id > {after} order by profile_id limit 5000) as page order by profile_id desc limit 1"), r => (ProfileId?)r.ProfileId(0), cancel);
        if (last is null) return null;
        List<Sql> kept = [.. needs.Traits.Select(name => Sql.Of($"kind = {Kind(FactKind.Trait)} and name = {name}")), .. needs.Events.Select(e => e.Value.Ticks is { } ticks
            ? Sql.Of($"kind = {Kind(FactKind.Event)} and name = {e.Key} and ts > {now.AddTicks(-Math.Min(ticks, now.UtcTicks))}") : Sql.Of($"kind = {Kind(FactKind.Event)} and name = {e.Key}"))];
        await ledger.ExecuteAsync(Sql.Of($"delete from live_fact where profile_id > {after} and profile_id <= {last} and not ({Sql.Or(kept)})"), cancel);
        return last;
    }

    /// <summary>Everybody leaves a segment that is no more.</summary>
    public static async Task RemoveAsync(Session ledger, string segment, DateTimeOffset now, CancellationToken cancel)
    {
        var last = await ledger.CountAsync(Sql.Of($"select max(seq) from segment_change"), cancel);
        await ledger.ExecuteAsync(Sql.Of($"""
            insert into segment_change (seq, segment, profile_id, entered, at, cause, subject, evidence)
            select {last} + row_number() over (order by profile_id), segment, profile_id, {false}, {now}, {Cause.Rule.Kind}, '', null from segment_member where segment = {segment}
            """), cancel);
        ledger.ChangesAnybody();
        await ledger.ExecuteAsync(Sql.Of($"delete from segment_member where segment = {segment}"), cancel);
        await ledger.ExecuteAsync(Sql.Of($"delete from live_segment where name = {segment}"), cancel);
    }

    public static Task PutAsync(Session ledger, string name, string rule, string merging, string state, CancellationToken cancel) => ledger.ExecuteAsync(Sql.Of($"""
        insert into live_segment (name, rule, merging, state, members) values ({name}, {rule}, {merging}, {state}, 0)
        on conflict (name) do update set rule = excluded.rule, merging = excluded.merging, state = excluded.state
        """), cancel);

    private static async Task ChangeAsync(Session ledger, List<LiveChange> changes, CancellationToken cancel)
    {
        if (changes.Count == 0) return;
        var seq = await ledger.CountAsync(Sql.Of($"select max(seq) from segment_change"), cancel);
        await ledger.ExecuteChunkedAsync([.. changes.Where(c => !c.Entered).Select(c => new object?[] { c.Profile, c.Segment })], rows => Sql.Of($"""
            with v(profile_id, segment) as ({rows}) delete from segment_member where (profile_id, segment) in (select profile_id, segment from v)
            """), cancel);
        await ledger.ExecuteChunkedAsync([.. changes.Where(c => c.Entered).Select(c => new object?[] { c.Profile, c.Segment, c.At })],
            rows => Sql.Of($"insert into segment_member (profile_id, segment, entered_at) {rows} on conflict (profile_id, segment) do nothing"), cancel);
        await ledger.LoadAsync("segment_change", ["seq", "segment", "profile_id", "entered", "at", "cause", "subject", "evidence"],
            changes.Select(c => new object?[] { ++seq, c.Segment, c.Profile, c.Entered, c.At, c.Cause.Kind, c.Cause.Subject, c.Cause.Evidence }), cancel);
        await ledger.ExecuteChunkedAsync([.. changes.GroupBy(c => c.Segment).Select(g => new object?[] { g.Key, (long)g.Sum(c => c.Entered ? 1 : -1) })],
            rows => Sql.Of($"with v(name, more) as ({rows}) update live_segment set members = members + v.more from v where live_segment.name = v.name"), cancel);
    }

    private static async Task MoveAsync(Session ledger, List<(ProfileId Loser, ProfileId Survivor)> merges, CancellationToken cancel)
    {
        object?[][] moved = [.. merges.Select(m => new object?[] { m.Loser, m.Survivor })];
        await ledger.ExecuteChunkedAsync(moved, rows => Sql.Of($"""
            with v(loser, survivor) as ({rows})
            insert into live_fact (profile_id, kind, name, seq, ts, value, source, record)
            select v.survivor, f.kind, f.name, f.seq, f.ts, f.value, f.source, f.record from v join live_fact f on f.profile_id = v.loser where 1 = 1
            on conflict (profile_id, kind, name, seq) do nothing
            """), cancel);
    }

    private static async Task RemoveAsync(Session ledger, List<ProfileId> gone, CancellationToken cancel)
    {
        await ForgetAsync(ledger, gone, cancel);
        await ledger.ExecuteChunkedAsync([.. gone.Select(id => new object?[] { id })],
            rows => Sql.Of($"with v(profile_id) as ({rows}) delete from live_profile where profile_id in (select profile_id from v)"), cancel);
    }

    private static Sql Stored(Sql people) => Sql.Of($"""
        with v(profile_id) as ({people})
        select v.profile_id, f.kind, f.name, f.seq, f.ts, f.value, f.source, f.record from v join live_fact f on f.profile_id = v.profile_id
        union all select v.profile_id, {Member}, m.segment, cast(0 as bigint), m.entered_at, '', '', '' from v join segment_member m on m.profile_id = v.profile_id
        union all select v.profile_id, {Known}, '', cast(0 as bigint), p.due_at, '', '', '' from v join live_profile p on p.profile_id = v.profile_id
        """);

    // What was decided for any of the profiles that are now one.
    private static Sql Decided(Sql people) => Sql.Of($"""
        with v(profile_id) as ({people})
        select v.profile_id, c.purpose, c.state, c.at from v join consent c on c.profile_id = v.profile_id
        union all select v.profile_id, c.purpose, c.state, c.at from v join profile p on p.merged_into = v.profile_id join consent c on c.profile_id = p.profile_id
        """);

    private readonly record struct StoredRow(ProfileId Id, string Kind, string Name, long Seq, DateTimeOffset? At, string Value, string Source, string Record);

    private static StoredRow Read(Row row) => new(row.ProfileId(0), row.Text(1), row.Text(2), row.Long(3), row.TimeOrNull(4), row.Text(5), row.Text(6), row.Text(7));

    private static (ProfileId, ConsentDecision) ReadConsent(Row row) => (row.ProfileId(0), new(row.Text(1), Enum.Parse<ConsentState>(row.Text(2), ignoreCase: true), row.Time(3)));

    private static void Put(Dictionary<ProfileId, LiveProfile> profiles, StoredRow row)
    {
        var profile = profiles[row.Id];
        if (row.Kind == Member) profile.Members.Add(row.Name);
        else if (row.Kind == Known) (profile.Known, profile.Due) = (true, row.At);
        else profile.Add(new LiveFact(row.Id, row.Kind == Kind(FactKind.Trait) ? FactKind.Trait : FactKind.Event, row.Name, row.Seq, row.At!.Value, LiveTail.Json(row.Value), row.Source, row.Record));
    }

    private static string Kind(FactKind kind) => kind is FactKind.Trait ? "t" : "e";
}

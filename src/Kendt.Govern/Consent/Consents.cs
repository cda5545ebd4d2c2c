using System.Diagnostics.CodeAnalysis;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Govern;

/// <summary>What a person's last word on a purpose is.</summary>
/// <param name="Evidence">The message or record in which it was said.</param>
public sealed record ConsentNow(string Purpose, ConsentState State, DateTimeOffset At, string Source, string Evidence);

/// <summary>A decision of a person, as a message or record said it.</summary>
/// <param name="Evidence">The message or record.</param>
/// <param name="NamedBy">The identifier that decided who the person is; the decision goes where that goes. Null if it was said of the profile itself.</param>
public sealed record ConsentSaid(ProfileId Profile, ConsentDecision Decision, string Source, string Evidence, Identifier? NamedBy = null);

/// <summary>
/// What people allowed. Every decision is kept with the profile for which it was written; a person's word is the latest
/// decision of all profiles that are now that person, and of two made at the same time the one that allows less.
/// </summary>
public sealed class Consents(Stores stores)
{
    private static readonly Sql Order = Sql.Of($"c.at desc, {Less(Sql.Of($"c.state"))}");

    /// <summary>Records decisions in the ledger transaction of the caller. Recording the same again changes nothing.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "The pipeline is given the rooms it calls; one of them reads as the others.")]
    public async Task RecordAsync(Session ledgerSession, IReadOnlyList<ConsentSaid> decisions, CancellationToken cancel)
    {
        // One message can say both; then the person allowed less. Stores keep microseconds, so that is what is compared.
        var known = decisions
            .GroupBy(d => (d.Profile, d.Decision.Purpose, Micros: d.Decision.At.UtcTicks / TimeSpan.TicksPerMicrosecond, d.Evidence))
            .Select(group => group.MinBy(d => Rank(d.Decision.State))!)
            .ToList();
        if (known.Count == 0) return;
        if (ledgerSession.Dialect.Engine is EngineKind.Postgres) await ledgerSession.ExecuteAsync(Sql.Of($"lock table consent in share row exclusive mode"), cancel); // numbers become seen in order
        ledgerSession.Changes(known.Select(d => d.Profile));
        var seq = await ledgerSession.CountAsync(Sql.Of($"select max(seq) from consent"), cancel);
        var rows = known.Select(d => new object?[] { d.Profile, d.Decision.Purpose, d.Decision.State, d.Decision.At, d.Source, d.Evidence, d.NamedBy?.ToString(), ++seq }).ToArray();
        await ledgerSession.ExecuteChunkedAsync(rows, chunk => Sql.Of($"""
            insert into consent (profile_id, purpose, state, at, source, evidence, named_by, seq) {chunk}
            on conflict (profile_id, purpose, at, evidence) do update set state = excluded.state, seq = excluded.seq
            where {Less(Sql.Of($"excluded.state"))} < {Less(Sql.Of($"consent.state"))}
            """), cancel);
    }

    /// <summary>
    /// Brings decisions to those whom the identifiers that named them belong to now, within the caller's ledger transaction.
    /// Doing it again changes nothing.
    /// </summary>
    /// <param name="profiles">Every id that may be written, with the one that it leads to.</param>
    public async Task MoveAsync(Session ledger, IReadOnlyDictionary<ProfileId, ProfileId> profiles, IReadOnlyDictionary<Identifier, ProfileId> owners, CancellationToken cancel)
    {
        var said = (await ledger.ListChunkedAsync([.. profiles.Keys.Select(id => new object?[] { id })], chunk => Sql.Of($"""
            with v(profile_id) as ({chunk})
            select c.profile_id, c.purpose, c.state, c.at, c.source, c.evidence, c.named_by from v join consent c on c.profile_id = v.profile_id where c.named_by is not null
            """), row => (Said: new ConsentSaid(row.ProfileId(0), new(row.Text(1), State(row.Text(2)), row.Time(3)), row.Text(4), row.Text(5)), NamedBy: row.Text(6)), cancel))
            .Where(s => Identifier.TryParse(s.NamedBy, out var by) && owners.TryGetValue(by, out var owner) && owner != profiles[s.Said.Profile])
            .Select(s => Identifier.TryParse(s.NamedBy, out var by) ? s.Said with { NamedBy = by } : s.Said).ToList();
        ledger.Changes(said.Select(s => s.Profile));
        await ledger.ExecuteChunkedAsync([.. said.Select(s => new object?[] { s.Profile, s.Decision.Purpose, s.Decision.At, s.Evidence })],
            chunk => Sql.Of($"delete from consent where (profile_id, purpose, at, evidence) in ({chunk})"), cancel);
        await RecordAsync(ledger, [.. said.Select(s => s with { Profile = owners[s.NamedBy!.Value] })], cancel);
    }

    /// <summary>Of all that a person decided the word on each purpose that holds, by purpose.</summary>
    public static IEnumerable<ConsentNow> Last(IEnumerable<ConsentNow> decided) => decided.GroupBy(d => d.Purpose, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => g.OrderByDescending(d => d.At).ThenBy(d => Rank(d.State)).ThenBy(d => d.Evidence, StringComparer.Ordinal).First());

    /// <summary>The person's word on every purpose that they decided on, by purpose; a merged id is its survivor.</summary>
    public Task<List<ConsentNow>> OfAsync(ProfileId profile, CancellationToken cancel) => stores.Ledger.ReadAsync(session => session.ListAsync(Sql.Of($"""
        with root(profile_id) as (select coalesce((select merged_into from profile where profile_id = {profile}), {profile})),
        family(profile_id) as (select profile_id from root union all select p.profile_id from profile p join root r on p.merged_into = r.profile_id),
        decided as (
            select c.purpose, c.state, c.at, c.source, c.evidence, row_number() over (partition by c.purpose order by {Order}, c.evidence) as place
            from consent c join family f on f.profile_id = c.profile_id)
        select purpose, state, at, source, evidence from decided where place = 1 order by purpose
        """), row => new ConsentNow(row.Text(0), State(row.Text(1)), row.Time(2), row.Text(3), row.Text(4)), cancel), cancel);

    /// <summary>The word of each person on one purpose; <see cref="ConsentState.Unknown"/> for those who never said.</summary>
    public async Task<IReadOnlyDictionary<ProfileId, ConsentState>> StatesAsync(string purpose, IReadOnlyList<ProfileId> people, CancellationToken cancel)
    {
        var states = new Dictionary<ProfileId, ConsentState>(people.Count);
        foreach (var person in people) states[person] = ConsentState.Unknown;
        var rows = states.Keys.Select(id => new object?[] { id }).ToArray();
        var found = await stores.Ledger.ReadAsync(session => session.ListChunkedAsync(rows, chunk => Sql.Of($"""
            with asked(profile_id) as ({chunk}),
            root(asked, profile_id) as (
                select a.profile_id, coalesce(p.merged_into, a.profile_id) from asked a left join profile p on p.profile_id = a.profile_id),
            family(asked, profile_id) as (
                select asked, profile_id from root
                union all select r.asked, p.profile_id from root r join profile p on p.merged_into = r.profile_id),
            decided as (
                select f.asked, c.state, row_number() over (partition by f.asked order by {Order}) as place
                from family f join consent c on c.profile_id = f.profile_id where c.purpose = {purpose})
            select asked, state from decided where place = 1
            """), row => (row.ProfileId(0), State(row.Text(1))), cancel), cancel);
        foreach (var (person, state) in found) states[person] = state;
        return states;
    }

    // Denied beats unknown beats granted, here and in Rank.
    private static Sql Less(Sql state) => Sql.Of($"(case {state} when 'denied' then 0 when 'unknown' then 1 else 2 end)");

    private static int Rank(ConsentState state) => state switch { ConsentState.Denied => 0, ConsentState.Unknown => 1, _ => 2 };

    private static ConsentState State(string text) => Enum.Parse<ConsentState>(text, ignoreCase: true);
}

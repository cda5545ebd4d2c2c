using Kendt.Model;
using Kendt.Store;
using Kendt.Unify;

namespace Kendt.Tests.Unify;

/// <summary>A ledger that takes sightings and decisions in order, and tells all that it holds.</summary>
internal sealed class LedgerWorld(TestStores test, IdentifierRules rules) : IAsyncDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Decisions _decisions = new(rules);
    private readonly Stitch _stitch = new(rules, new(rules));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Stores Stores => test.Stores;

    public static async Task<LedgerWorld> OpenAsync(On on, IdentifierRules? rules = null) => new(await TestStores.OpenAsync(on), rules ?? IdentifierRules.Default);

    public static Identifier Id(string text) => Identifier.TryParse(text, out var parsed) ? parsed : throw new ArgumentException(text);

    public static Sighting See(int seconds, params string[] identifiers) => new("web", $"message:web:{seconds}", Start.AddSeconds(seconds), [.. identifiers.Select(Id)]);

    public Task<Stitched> SeeAsync(params Sighting[] sightings) => Stores.Ledger.WriteAsync(s => _stitch.RunAsync(s, sightings, Cancel), Cancel);

    public Task<Decided> DecideAsync(int seconds, Func<Decisions, Session, Deciding, Task<Decided>> decide) =>
        Stores.Ledger.WriteAsync(s => decide(_decisions, s, new("ida", "looked at it", Start.AddSeconds(seconds))), Cancel);

    public async Task<ProfileId> OwnerAsync(string identifier)
    {
        var id = Id(identifier);
        return await Stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select profile_id from identifier where type = {id.Type} and value = {id.Value}"), r => r.ProfileId(0), Cancel), Cancel);
    }

    /// <summary>Everything but when a merge was noticed, which depends on the batch.</summary>
    public Task<string> TellAsync() => Stores.Ledger.ReadAsync(async s => string.Join('\n', (await Task.FromResult(Array.Empty<string>()))
        .Concat(await s.ListAsync(Sql.Of($"select type, value, profile_id from identifier"), r => $"identifier {r.Text(0)}:{r.Text(1)} of {r.ProfileId(2)}", Cancel))
        .Concat(await s.ListAsync(Sql.Of($"select profile_id, kind, merged_into, origin from profile"), r => $"profile {r.ProfileId(0)} {r.Text(1)} {r.ProfileIdOrNull(2)} {r.TextOrNull(3)}", Cancel))
        .Concat(await s.ListAsync(Sql.Of($"select {Columns} from link"), r => $"link {r.Text(0)}:{r.Text(1)} {r.Text(2)}:{r.Text(3)} {r.Text(4)} {r.Text(5)} {!r.IsNull(6)} {r.TextOrNull(7)}", Cancel))
        .Concat(await s.ListAsync(Sql.Of($"select type, value, with_type, with_value, reason, times from left_out"), r => $"left out {r.Text(0)}:{r.Text(1)} with {r.Text(2)}:{r.Text(3)} {r.Text(4)} {r.Long(5)}", Cancel))
        .Concat(await s.ListAsync(Sql.Of($"select seq, kind, left_type, left_value, undone_at from identity_decision"), r => $"decision {r.Long(0)} {r.Text(1)} {r.Text(2)}:{r.Text(3)} {r.TimeOrNull(4)}", Cancel))
        .Order(StringComparer.Ordinal)), Cancel);

    /// <summary>Profiles are what the standing links hold together, and every merged id resolves in one step.</summary>
    public async Task AssertWholeAsync()
    {
        var (owners, links, lost) = await Stores.Ledger.ReadAsync(async s => (
            (await s.ListAsync(Sql.Of($"select type, value, profile_id from identifier"), r => (new Identifier(r.Text(0), r.Text(1)), r.ProfileId(2)), Cancel)).ToDictionary(o => o.Item1, o => o.Item2),
            await s.ListAsync(Sql.Of($"select left_type, left_value, right_type, right_value from link where revoked_at is null"), r => (new Identifier(r.Text(0), r.Text(1)), new Identifier(r.Text(2), r.Text(3))), Cancel),
            await s.CountAsync(Sql.Of($"select count(*) from profile p join profile q on q.profile_id = p.merged_into where q.merged_into is not null"), Cancel)), Cancel);
        Assert.Equal(0, lost);
        Assert.All(links, l => Assert.Equal(owners[l.Item1], owners[l.Item2]));
        foreach (var profile in owners.GroupBy(o => o.Value))
        {
            var reached = new HashSet<Identifier> { profile.First().Key };
            while (links.Exists(l => reached.Contains(l.Item1) != reached.Contains(l.Item2)))
                foreach (var (left, right) in links.Where(l => reached.Contains(l.Item1) || reached.Contains(l.Item2)).ToList()) { reached.Add(left); reached.Add(right); }
            Assert.Equal(profile.Count(), reached.Count);
        }
    }

    private static Sql Columns => Sql.Of($"left_type, left_value, right_type, right_value, rule, evidence, revoked_at, revoked_by");

    public ValueTask DisposeAsync() => test.DisposeAsync();
}

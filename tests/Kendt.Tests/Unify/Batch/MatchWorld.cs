using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Unify;
using Kendt.Unify.Batch;
using static Kendt.Tests.Unify.LedgerWorld;

namespace Kendt.Tests.Unify.Batch;

/// <summary>A ledger and a warehouse with records of two sources about some people; no two records of one person share an identifier.</summary>
internal sealed class MatchWorld(LedgerWorld ledger) : IAsyncDisposable
{
    private static readonly string[] Given = ["Anna", "Bo", "Carla", "Dorte", "Erik", "Freja", "Gustav", "Helle", "Ida", "Jens", "Karen", "Lars", "Mette", "Niels", "Oluf", "Pia", "Rasmus", "Signe", "Tove", "Ulla"];
    private static readonly string[] Families = ["Hansen", "Thomsen", "Winther", "Kjeldsen", "Madsen", "Iversen", "Bach", "Dahl", "Toft", "Lund"];
    private static readonly string[] Streets = ["Bakkevej", "Nygade", "Strandvejen", "Kirkestien", "Engdraget", "Birkeparken"];

    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _time = new(Start.AddDays(1));
    private long _seq;

    public static IdentifierRules Rules => IdentifierRules.Default;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public LedgerWorld Ledger => ledger;

    public void Pass(TimeSpan span) => _time.Advance(span);

    public MatchRuns Runs => new(ledger.Stores, _time);

    /// <summary>So many people with a record in the shop, two of three with one in the club, written a little differently.</summary>
    public static async Task<MatchWorld> OpenAsync(On on, int people = 60)
    {
        var world = new MatchWorld(await LedgerWorld.OpenAsync(on));
        await world.AddAsync(0, people);
        return world;
    }

    /// <summary>The people of these numbers.</summary>
    public async Task AddAsync(int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            var (first, last) = (Given[i % Given.Length], Families[i / 3 % Families.Length]);
            var (street, born) = (string.Create(CultureInfo.InvariantCulture, $"{Streets[i % Streets.Length]} {3 + i}"), new DateOnly(1950 + i % 50, 1 + i % 12, 1 + i * 7 % 28).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            await RecordAsync("shop", $"s{i}", i, new { firstName = first, lastName = last, birthday = born, email = $"{first}.{last}{i}@mail.example", address = new { street, postalCode = $"{8000 + i % 9}", city = "Aarhus" } });
            if (i % 3 < 2) await RecordAsync("club", $"c{i}", 1000 + i, new { firstName = first, lastName = i % 2 == 0 ? last : last[..^1], birthday = born, email = $"{first}{i}@work.example", address = new { street, postalCode = $"{8000 + i % 9}", city = "Århus" } });
        }
    }

    /// <summary>Matches what came since a plan was applied, as a process that has just begun; so many values at a time.</summary>
    /// <param name="killed">Each transaction is tried once and taken back first, by a process that ends there.</param>
    /// <param name="rest">Each process writes its index before it ends.</param>
    /// <returns>How many steps it took.</returns>
    public async Task<int> FollowAsync(int rows = 50_000, bool killed = false, bool rest = true)
    {
        for (var steps = 0; ; steps++)
        {
            if (killed)
            {
                using var dies = new MatchFollow(ledger.Stores, Rules, _ => MatchConfig.Default, _time, rows);
                if (dies.State.Why is null) await Assert.ThrowsAsync<InvalidOperationException>(async () => { if (await dies.StepAsync((_, _) => throw new InvalidOperationException("killed"), Cancel) is null) throw new InvalidOperationException("nothing to do"); });
            }
            using var follow = new MatchFollow(ledger.Stores, Rules, _ => MatchConfig.Default, _time, rows);
            var step = await follow.StepAsync((_, _) => Task.CompletedTask, Cancel);
            Assert.Null(follow.State.Why);
            if (step is null) return steps;
            if (rest) await follow.RestAsync(release: true, Cancel);
        }
    }

    /// <summary>Which profile each record of the numbers is of.</summary>
    public async Task<IReadOnlyDictionary<string, ProfileId>> OwnersAsync() => (await ledger.Stores.Ledger.ReadAsync(s => s.ListAsync(Kendt.Store.Sql.Of($"select type, value, profile_id from identifier where type like 'record%'"), r => (new Identifier(r.Text(0), r.Text(1)).ToString()["record:".Length..], r.ProfileId(2)), Cancel), Cancel)).ToDictionary(r => r.Item1, r => r.Item2, StringComparer.Ordinal);

    /// <summary>The folder of the index.</summary>
    public string IndexFolder => Path.Combine(ledger.Stores.Folder, "matching");

    /// <summary>A record of a source as the pipeline takes it.</summary>
    public async Task RecordAsync(string source, string key, int seconds, object traits)
    {
        var evidence = $"record:{source}:{key}";
        var unit = Id(evidence);
        var values = JsonSerializer.SerializeToElement(traits).EnumerateObject().ToDictionary(m => m.Name, m => m.Value.Clone(), StringComparer.Ordinal);
        var sighting = new Sighting(source, evidence, Start.AddSeconds(seconds), values.TryGetValue("email", out var email) ? [unit, Id("email:" + email.GetString()!.ToLowerInvariant())] : [unit]);
        var owner = (await ledger.SeeAsync(sighting)).Profiles[0]!.Value;
        await ledger.Stores.Warehouse.WriteAsync(w => WarehouseWriter.WriteTraitsAsync(w, [new TraitNews(owner, source, evidence, ++_seq, Start.AddSeconds(seconds), values) { NamedBy = unit }], Cancel), Cancel);
    }

    /// <summary>Makes a plan.</summary>
    public async Task<MatchRunRow> PlanAsync(MatchConfig? config = null, int stagesBeforeKill = -1)
    {
        var id = await Runs.AddAsync("", "ida", Cancel);
        if (stagesBeforeKill >= 0) await new MatchRun(ledger.Stores, Rules, config ?? MatchConfig.Default, _time).RunToAsync(stagesBeforeKill, id, (_, _, _) => { }, Cancel);
        await new MatchRun(ledger.Stores, Rules, config ?? MatchConfig.Default, _time).RunToAsync(MatchRun.Stages.Count - 1, id, (_, _, _) => { }, Cancel);
        return (await Runs.FindAsync(id, Cancel))!;
    }

    /// <summary>Applies a plan, so many changes at a time; each transaction is tried once and taken back first, where asked for.</summary>
    public async Task<MatchOutcome> ApplyAsync(Guid run, int places = 200, bool killed = false)
    {
        var plan = new ApplyPlan(Rules, places);
        await Runs.BeginApplyAsync(run, Cancel);
        for (AppliedStep? step = new([], [], 0, 0); step is not null;)
        {
            if (killed) await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.Stores.Ledger.WriteAsync(async s => { await plan.StepAsync(s, run, Start.AddDays(2), Cancel); throw new InvalidOperationException("killed"); }, Cancel));
            step = await ledger.Stores.Ledger.WriteAsync(s => plan.StepAsync(s, run, Start.AddDays(2), Cancel), Cancel);
        }
        return (await Runs.FindAsync(run, Cancel))!.Outcome;
    }

    /// <summary>The ledger without the ids of runs.</summary>
    public async Task<string> TellAsync() => Regex.Replace(await ledger.TellAsync(), "match:[0-9a-f-]{36}", "match", RegexOptions.None, TimeSpan.FromSeconds(5));

    public ValueTask DisposeAsync() => ledger.DisposeAsync();
}

using System.Security.Claims;
using System.Text.Json;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Server.Api;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Kendt.Store;
using Kendt.Studio.Data;
using Kendt.Unify.Batch;

namespace Kendt.Server.StudioData;

/// <summary>Matching as Studio shows and changes it.</summary>
public sealed class MatchDesk(Stores stores, MatchRuns runs, MatchActions actions, MergeActions merging, WholeProfile rights, JobRunner jobs) : IMatchDesk
{
    private const int Size = 20, Examples = 4;

    // Examples this far from the threshold are still shown where there are none nearer.
    private const double Reach = 4;

    public async Task<MatchBoard> BoardAsync(ClaimsPrincipal who, CancellationToken cancel)
    {
        await MustSeeAsync(who, cancel);
        return new((await actions.ConfigAsync(cancel)).Config, await LatestAsync(cancel), MayChange(who));
    }

    public async Task<MatchExamples> ExamplesAsync(Guid run, double bits, ClaimsPrincipal who, CancellationToken cancel)
    {
        await MustSeeAsync(who, cancel);
        var above = (await runs.PairsAsync(run, new(false, bits, bits + Reach, Limit: 200), cancel)).OrderBy(p => p.Bits).Take(Examples).ToList();
        var below = await runs.PairsAsync(run, new(false, bits - Reach, bits, Limit: Examples), cancel);
        var values = await UnitValues.ReadAsync(stores.Warehouse, [.. above.Concat(below).SelectMany(p => new[] { p.Left, p.Right })], cancel);
        return new([.. above.Select(p => Beside(p, values))], [.. below.Select(p => Beside(p, values))]);
    }

    public async Task<MergingView> MergeAsync(string? trait, ClaimsPrincipal who, CancellationToken cancel)
    {
        await MustSeeAsync(who, cancel);
        var config = (await actions.ConfigAsync(cancel)).Config.Merge;
        // A plan by the same policy has counted already.
        var effect = await LatestAsync(cancel) is { State: MatchState.Planned, Summary: { } found } run && MatchActions.Parse(run.Yaml).Merge.Policy().Write() == config.Policy().Write() && found.Merge.Traits.Count > 0
            ? found.Merge : await merging.EffectAsync(config, cancel);
        var looked = effect.Traits.FirstOrDefault(t => trait is null ? t.Examples.Count > 0 : t.Name == trait);
        var people = looked is null ? [] : await merging.ExamplesAsync(config, looked.Name, [.. looked.Examples.Select(e => ProfileId.TryParse(e, out var id) ? id : default)], cancel);
        var sources = await stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select distinct source from trait_said order by source"), r => r.Text(0), cancel), cancel);
        return new(effect, sources, looked?.Name, [.. people.Select(p => new MergePerson(p.Profile, p.Name, Word(p.Before), Word(p.After), [.. p.Words.Where(w => w.Evidence.Length > 0).Select(w => Word(w)!)]))]);
    }

    private static MergeWord? Word(TraitValue? word) => word is null || word.Value.ValueKind is JsonValueKind.Null ? null : new(ProfileParts.Text(word.Value), word.Source, word.At, word.SaidAs);

    public Task SaveAsync(MatchConfig config, ClaimsPrincipal who, CancellationToken cancel)
    {
        MustChange(who);
        return actions.ConfigureAsync(MatchConfigFile.Write(config), who.Actor(), cancel);
    }

    public async Task PlanAsync(ClaimsPrincipal who, CancellationToken cancel)
    {
        MustChange(who);
        await SeenAsync((await actions.PlanAsync(apply: false, who.Actor(), cancel)).Job, cancel);
    }

    public async Task ApplyAsync(Guid run, ClaimsPrincipal who, CancellationToken cancel)
    {
        MustChange(who);
        await SeenAsync((await actions.ApplyAsync(run, who.Actor(), cancel)).Job, cancel);
    }

    public async Task<ChangesView?> ChangesAsync(ChangeKind? kind, bool onlyAlarms, int page, ClaimsPrincipal who, CancellationToken cancel)
    {
        await MustSeeAsync(who, cancel);
        if (await LatestAsync(cancel) is not { } run) return null;
        var changes = await runs.ChangesAsync(run.Id, kind, onlyAlarms, (page - 1) * Size, Size + 1, cancel);
        var links = (await runs.LinksAsync(run.Id, [.. changes.Take(Size).Select(c => c.Place)], cancel)).ToLookup(l => l.Place);
        var values = await UnitValues.ReadAsync(stores.Warehouse, [.. links.SelectMany(l => l).SelectMany(l => new[] { l.Left, l.Right })], cancel);
        return new(run, [.. changes.Take(Size).Select(c => new ChangeView(c, [.. links[c.Place].Select(l => new ChangeLink(l.IsAdded, l.Rule, Beside(l.Left, l.Right, values, l.Weight, null, l.Bars)))]))],
            page, Size, changes.Count > Size, MayChange(who));
    }

    public async Task<ReviewView?> ReviewAsync(long? number, ClaimsPrincipal who, CancellationToken cancel)
    {
        await MustSeeAsync(who, cancel);
        if (await LatestAsync(cancel) is not { } run) return null;
        var pair = number is { } asked ? await runs.PairAsync(run.Id, asked, cancel) : (await runs.PairsAsync(run.Id, new(true, OnlyOpen: true, Limit: 1), cancel)).FirstOrDefault();
        var answers = await runs.AnswersAsync(run.Id, cancel);
        var values = pair is null ? new Dictionary<Identifier, IReadOnlyDictionary<string, string>>() : await UnitValues.ReadAsync(stores.Warehouse, [pair.Left, pair.Right], cancel);
        return new(run.Id, pair?.Number ?? 0, pair is null ? null : Beside(pair, values), answers.Where(a => a.Answer is null).Sum(a => a.Pairs), answers.Where(a => a.Answer is not null).Sum(a => a.Pairs), who.May(Permission.DecideIdentity));
    }

    public Task AnswerAsync(Guid run, long number, string answer, ClaimsPrincipal who, CancellationToken cancel) => who.May(Permission.DecideIdentity)
        ? actions.AnswerAsync(run, number, answer, who.Actor(), cancel)
        : throw new BadInputException("Your role does not allow you to decide who is who. Ask an administrator, or somebody of service or privacy.");

    private async Task<MatchRunRow?> LatestAsync(CancellationToken cancel) => (await runs.ListAsync(50, cancel)).Find(r => r.Summary is not null && r.State is not MatchState.Replaced);

    // A job that is done in a moment is waited for; the page shows a longer one while it runs.
    private async Task SeenAsync(JobId job, CancellationToken cancel)
    {
        for (var tries = 0; tries < 12 && (await jobs.FindAsync(job, cancel))?.EndedAt is null; tries++) await Task.Delay(250, cancel);
    }

    private static bool MayChange(ClaimsPrincipal who) => who.May(Permission.EditConfiguration);

    private static void MustChange(ClaimsPrincipal who)
    {
        if (!MayChange(who)) throw new BadInputException("Your role does not allow you to change how customers are matched. Ask an administrator.");
    }

    // Records are shown as they are.
    private async Task MustSeeAsync(ClaimsPrincipal who, CancellationToken cancel)
    {
        if (!who.May(Permission.SeeContactDetails) || (await rights.DeniedAsync(who, cancel)).Fields.Count > 0)
            throw new BadInputException("Matching shows records as they are, and some of their fields are hidden from you. Ask an administrator.");
    }

    private static SideBySide Beside(MatchPair pair, IReadOnlyDictionary<Identifier, IReadOnlyDictionary<string, string>> values) => Beside(pair.Left, pair.Right, values, Waterfall.Chance(pair.Bits), pair.Bits, pair.Bars);

    private static SideBySide Beside(Identifier left, Identifier right, IReadOnlyDictionary<Identifier, IReadOnlyDictionary<string, string>> values, double chance, double? bits, IReadOnlyList<WaterfallBar> bars)
    {
        var (one, other) = (values.GetValueOrDefault(left), values.GetValueOrDefault(right));
        var names = (one?.Keys ?? []).Concat(other?.Keys ?? []).Distinct(StringComparer.Ordinal);
        return new(left, right, [.. names.Select(n => new SideField(n, one?.GetValueOrDefault(n), other?.GetValueOrDefault(n)))], chance, bits, bars);
    }
}

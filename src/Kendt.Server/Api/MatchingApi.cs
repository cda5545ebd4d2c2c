using System.Security.Claims;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Server.Security;
using Kendt.Store;
using Kendt.Unify.Batch;

namespace Kendt.Server.Api;

/// <summary>Matching of records: configuration, plans, what they would change, pairs to be answered.</summary>
internal static class MatchingApi
{
    // Examples of so many traits are shown where none is named.
    private const int ShownTraits = 3;

    private sealed record NewPlan(bool? Apply);

    private sealed record Which(string? Run);

    private sealed record Answered(string? Answer);

    public static IEndpointRouteBuilder MapMatching(this IEndpointRouteBuilder routes)
    {
        var read = routes.MapGroup("/v1/matching").WithTags("Matching").MayOr(Scopes.ProfilesRead, Permission.SeeContactDetails).AddEndpointFilter(ClearAsync);
        read.MapGet("/config", async (MatchActions actions, CancellationToken cancel) => Shown(await actions.ConfigAsync(cancel))).WithSummary("How customers are matched, as a file");
        read.MapGet("/runs", async (int? limit, MatchRuns runs, CancellationToken cancel) => (await runs.ListAsync(Math.Clamp(limit ?? 20, 1, 100), cancel)).Select(r => Shown(r, whole: false))).WithSummary("Runs of matching, the newest first");
        read.MapGet("/following", async (MatchFollow follow, MatchRuns runs, CancellationToken cancel) =>
        {
            var state = follow.State;
            return Results.Ok(new { run = state.Run, followed = state.Run is { } run ? (await runs.FindAsync(run, cancel))?.Outcome.Followed : null, inMemory = state.Units, why = state.Why });
        }).WithSummary("Whether what comes after a plan was applied is matched by itself, by which run, and why not");
        read.MapGet("/runs/{run}", async (string run, MatchRuns runs, CancellationToken cancel) => Shown(await FindAsync(run, runs, cancel), whole: true)).WithSummary("A run and what it found; 'latest' is the newest that has a plan");
        read.MapGet("/runs/{run}/changes", ChangesAsync).WithSummary("What a plan would change: alarms first, then what is least sure, with the records side by side");
        read.MapGet("/runs/{run}/pairs", PairsAsync).WithSummary("Pairs of a run, side by side: examples by weight, or those to be answered");

        read.MapPost("/merge/preview", PreviewAsync).WithSummary("What a merge policy (the file in the body, or the one that is kept) would show otherwise, with people as examples; nothing is changed");

        var write = routes.MapGroup("/v1/matching").WithTags("Matching").MayOr(Scopes.Admin, Permission.EditConfiguration);
        write.MapPut("/config", async (HttpContext context, MatchActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var yaml = await reader.ReadToEndAsync(cancel);
            return Shown((await actions.ConfigureAsync(yaml, user.Actor(), cancel), yaml));
        }).WithSummary("Keeps a configuration; it holds from the next plan on");
        write.MapPost("/plan", async (NewPlan? plan, MatchActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
            Started(await actions.PlanAsync(plan?.Apply is true, user.Actor(), cancel))).WithSummary("Starts a run; nothing is changed until its plan is applied");
        write.MapPost("/apply", async (Which? which, MatchActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
            Started(await actions.ApplyAsync(which?.Run is { } run ? Parse(run) : null, user.Actor(), cancel))).WithSummary("Applies a plan; the newest if none is named");
        routes.MapPost("/v1/matching/runs/{run}/pairs/{number:long}/answer", async (string run, long number, Answered answered, MatchActions actions, MatchRuns runs, ClaimsPrincipal user, CancellationToken cancel) =>
        {
            var id = (await FindAsync(run, runs, cancel)).Id;
            var outcome = await actions.AnswerAsync(id, number, answered.Answer ?? "", user.Actor(), cancel);
            return Results.Ok(new { run = id, number, answer = answered.Answer, decision = outcome?.Decision.Seq });
        }).WithTags("Matching").NeedsScope(Scopes.IdentityWrite).WithSummary("Says of a pair that they are the same, different, or that one does not know");
        return routes;
    }

    // Pairs show records as they are: who may not see all of a customer may not see them.
    private static async ValueTask<object?> ClearAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var denied = await context.HttpContext.RequestServices.GetRequiredService<WholeProfile>().DeniedAsync(context.HttpContext.User, context.HttpContext.RequestAborted);
        return denied.Fields.Count > 0
            ? Results.Problem("Some fields of customers are hidden from you, and matching shows records as they are. Ask an administrator.", statusCode: 403, title: "Not allowed")
            : await next(context);
    }

    private static async Task<object> ChangesAsync(string run, string? kind, bool? alarms, int? skip, int? limit, MatchRuns runs, Stores stores, CancellationToken cancel)
    {
        ChangeKind? only = kind is null ? null : Enum.TryParse<ChangeKind>(kind, ignoreCase: true, out var named) && !char.IsDigit(kind[0]) ? named
            : throw new BadInputException($"kind is '{kind}': it is one of {string.Join(", ", Enum.GetNames<ChangeKind>()).ToLowerInvariant()}.");
        var row = await FindAsync(run, runs, cancel);
        var changes = await runs.ChangesAsync(row.Id, only, alarms is true, Math.Max(0, skip ?? 0), Math.Clamp(limit ?? 20, 1, 100), cancel);
        var links = (await runs.LinksAsync(row.Id, [.. changes.Select(c => c.Place)], cancel)).ToLookup(l => l.Place);
        var values = await UnitValues.ReadAsync(stores.Warehouse, [.. links.SelectMany(l => l).SelectMany(l => new[] { l.Left, l.Right })], cancel);
        return Results.Ok(new
        {
            run = row.Id,
            changes = changes.Select(c => new
            {
                place = c.Place,
                kind = Word(c.Kind),
                profiles = c.Profiles.Select(p => p.ToString()),
                records = c.Units,
                chance = c.Chance,
                alarm = c.Alarm.Length == 0 ? null : c.Alarm,
                links = links[c.Place].Select(l => new { add = l.IsAdded, left = One(l.Left, values), right = One(l.Right, values), rule = l.Rule, weight = l.Weight, why = l.Bars.Select(Bar) }),
            }),
        });
    }

    private static async Task<object> PairsAsync(string run, bool? review, bool? open, double? from, double? to, int? limit, MatchRuns runs, Stores stores, CancellationToken cancel)
    {
        var row = await FindAsync(run, runs, cancel);
        var pairs = await runs.PairsAsync(row.Id, new(review is true, from, to, open is true, Math.Clamp(limit ?? 20, 1, 200)), cancel);
        var values = await UnitValues.ReadAsync(stores.Warehouse, [.. pairs.SelectMany(p => new[] { p.Left, p.Right })], cancel);
        var answers = await runs.AnswersAsync(row.Id, cancel);
        return Results.Ok(new
        {
            run = row.Id,
            open = answers.Where(a => a.Answer is null).Sum(a => a.Pairs),
            answered = answers.Where(a => a.Answer is not null).Sum(a => a.Pairs),
            pairs = pairs.Select(p => new { number = p.Number, bits = p.Bits, chance = Waterfall.Chance(p.Bits), left = One(p.Left, values), right = One(p.Right, values), why = p.Bars.Select(Bar), answer = p.Answer, actor = p.Actor }),
        });
    }

    private static async Task<object> PreviewAsync(HttpContext context, string? trait, MatchActions actions, MergeActions merging, CancellationToken cancel)
    {
        using var reader = new StreamReader(context.Request.Body);
        var yaml = await reader.ReadToEndAsync(cancel);
        var config = (yaml.Length > 0 ? await actions.ReadAsync(yaml, cancel) : (await actions.ConfigAsync(cancel)).Config).Merge;
        var effect = await merging.EffectAsync(config, cancel);
        var looked = trait is not null ? effect.Traits.Where(t => t.Name == trait) : effect.Traits.Where(t => t.Changed > 0).Take(ShownTraits);
        var examples = new List<object>();
        foreach (var one in looked)
            foreach (var person in await merging.ExamplesAsync(config, one.Name, [.. one.Examples.Select(e => ProfileId.TryParse(e, out var id) ? id : default)], cancel))
                examples.Add(new { trait = one.Name, profile = person.Profile.ToString(), name = person.Name, before = Said(person.Before), after = Said(person.After), words = person.Words.Select(Said) });
        return Results.Ok(new
        {
            profiles = effect.Profiles,
            traits = effect.Traits.Select(t => new { name = t.Name, profiles = t.Profiles, contested = t.Contested, changed = t.Changed }),
            segments = effect.Segments.Select(s => new { segment = s.Segment, entering = s.Entering, leaving = s.Leaving }),
            examples,
        });

        static object? Said(TraitValue? word) => word is null ? null : new { value = word.Value, source = word.Source, at = word.At, saidAs = word.SaidAs };
    }

    private static async Task<MatchRunRow> FindAsync(string run, MatchRuns runs, CancellationToken cancel) =>
        (run == "latest" ? (await runs.ListAsync(50, cancel)).Find(r => r.Summary is not null && r.State is not MatchState.Replaced) : await runs.FindAsync(Parse(run), cancel))
        ?? throw new BadInputException("There is no such run of matching. GET /v1/matching/runs lists them; POST /v1/matching/plan makes one.");

    private static Guid Parse(string run) => Guid.TryParse(run, out var id) ? id : throw new BadInputException($"run is '{run}': give a run's id, as GET /v1/matching/runs shows it.");

    private static object Started((Guid Run, JobId Job) started) => Results.Ok(new { run = started.Run, job = started.Job.ToString() });

    private static object Shown((MatchConfig Config, string Yaml) config) => Results.Ok(new { yaml = config.Yaml, config = config.Config });

    private static object Shown(MatchRunRow r, bool whole) => new
    {
        id = r.Id,
        state = Word(r.State),
        actor = r.Actor,
        createdAt = r.CreatedAt,
        appliedAt = r.AppliedAt,
        error = r.Error,
        outcome = r.AppliedTo > 0 ? r.Outcome : null,
        config = whole ? r.Yaml : null,
        merged = r.Summary?.Merged,
        split = r.Summary?.Split,
        records = r.Summary?.Units,
        summary = whole ? r.Summary : null,
    };

    private static object One(Identifier unit, IReadOnlyDictionary<Identifier, IReadOnlyDictionary<string, string>> values) =>
        new { record = unit.ToString(), values = values.GetValueOrDefault(unit) ?? new Dictionary<string, string>() };

    private static object Bar(WaterfallBar bar) => new { what = bar.What, level = bar.Level, bits = bar.Bits };

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}

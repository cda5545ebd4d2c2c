using System.Globalization;
using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Server.Jobs;
using Kendt.Server.Security;

namespace Kendt.Server.Api;

/// <summary>Dead letters: seen, counted by reason, mended, replayed and discarded; one, a selection, or all of a source or reason.</summary>
internal static class DeadLetterApi
{
    private sealed record Mended(string? Body);

    private sealed record Trial(string? Body, string? Mapping);

    /// <summary>Which letters: by <c>ids</c>, or by what the others say. <c>all</c> must be said to mean every letter.</summary>
    private sealed record Meant(IReadOnlyList<Guid>? Ids, string? Source, string? Reason, string? Text, bool? All, string? Mapping)
    {
        public DeadLetterFilter Filter() =>
            Ids is { Count: 0 } ? throw new BadInputException("ids is empty: name the letters, or leave it out and give source, reason or text.")
            : Ids is { Count: > Replay.Chunk } ? throw new BadInputException($"ids has more than {Replay.Chunk} letters: mean them by source, reason or text.")
            : Ids is not null || Source is not null || Reason is not null || Text is not null || All is true ? new() { Ids = Ids, Source = Source, Reason = Reason, Text = Text }
            : throw new BadInputException("Say which letters: ids, source, reason or text; or all: true for every one.");
    }

    public static IEndpointRouteBuilder MapDeadLetters(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/v1/dead-letters").WithTags("Dead letters").NeedsScope(Scopes.Admin);
        api.MapGet("/", ListAsync).WithSummary("What was refused, and why; the newest first");
        api.MapGet("/reasons", async (string? source, string? text, DeadLetters letters, CancellationToken cancel) =>
            Results.Ok(await letters.CountByReasonAsync(new() { Source = source, Text = text }, 200, cancel))).WithSummary("How many for each source and reason");
        api.MapGet("/{id:guid}", ShowAsync).WithSummary("One letter, and what it would become if it were replayed now");
        api.MapPost("/{id:guid}/try", TryAsync).WithSummary("What it would become with another body or mapping; nothing is changed");
        api.MapPut("/{id:guid}", MendAsync).WithSummary("Keeps a mended body; null takes it back");
        api.MapPost("/mapping", MapAsync).WithSummary("Says by which mapping (YAML) rows are to be read when they are replayed");
        api.MapPost("/replay", ReplayAsync).WithSummary("Takes letters again: those named by ids at once, others as a job");
        api.MapPost("/discard", DiscardAsync).WithSummary("Removes letters; it is audited");
        return routes;
    }

    private static async Task<IResult> ListAsync([AsParameters] Asked asked, DeadLetters letters, CancellationToken cancel)
    {
        var filter = asked.Filter();
        return Results.Ok(new
        {
            total = await letters.CountAsync(filter, cancel),
            deadLetters = await letters.ListAsync(filter, Math.Max(0, asked.Skip ?? 0), Math.Clamp(asked.Take ?? 50, 1, 500), cancel),
        });
    }

    private static async Task<IResult> ShowAsync(Guid id, DeadLetters letters, Replay replay, CancellationToken cancel)
    {
        var letter = await FindAsync(id, letters, cancel);
        return Results.Ok(new { letter, becomes = await replay.TryAsync(letter, null, null, cancel) });
    }

    private static async Task<IResult> TryAsync(Guid id, Trial trial, DeadLetters letters, Replay replay, CancellationToken cancel) =>
        Results.Ok(await replay.TryAsync(await FindAsync(id, letters, cancel), trial.Body, trial.Mapping, cancel));

    private static async Task<IResult> MendAsync(Guid id, Mended mended, DeadLetters letters, Replay replay, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        if (!await letters.MendAsync(id, mended.Body, cancel)) throw new BadInputException($"There is no dead letter {id}.");
        await audit.WriteAsync(user.Actor(), "dead_letter.mend", id.ToString("D"), mended.Body is null ? "as it was sent" : "a mended body", cancel);
        return await ShowAsync(id, letters, replay, cancel);
    }

    private static async Task<IResult> MapAsync(Meant meant, Replay replay, Audit audit, ClaimsPrincipal user, CancellationToken cancel)
    {
        var mapped = await replay.MapAsync(meant.Filter(), meant.Mapping ?? throw new BadInputException("mapping is missing: the text of a mapping file."), cancel);
        await audit.WriteAsync(user.Actor(), "dead_letter.map", meant.Source ?? "", $"{mapped.ToString("N0", CultureInfo.InvariantCulture)} letters", cancel);
        return Results.Ok(new { mapped });
    }

    private static async Task<IResult> ReplayAsync(Meant meant, LetterActions actions, JobRunner jobs, ClaimsPrincipal user, CancellationToken cancel)
    {
        var filter = meant.Filter();
        if (filter.Ids is not null) return Results.Ok(await actions.ReplayAsync(filter, user.Actor(), cancel));
        var job = await actions.StartReplayAsync(filter, user.Actor(), cancel);
        return Results.Accepted("/v1/jobs/" + job, WorkspaceApi.Shown((await jobs.FindAsync(job, cancel))!));
    }

    private static async Task<IResult> DiscardAsync(Meant meant, LetterActions actions, ClaimsPrincipal user, CancellationToken cancel) =>
        Results.Ok(new { discarded = await actions.DiscardAsync(meant.Filter(), user.Actor(), cancel) });

    private static async Task<DeadLetter> FindAsync(Guid id, DeadLetters letters, CancellationToken cancel) =>
        await letters.FindAsync(id, cancel) ?? throw new BadInputException($"There is no dead letter {id}: it was taken or discarded, or never was.");

    internal sealed record Asked(string? Source, string? Reason, string? Text, DateTimeOffset? From, DateTimeOffset? Before, int? Skip, int? Take)
    {
        public DeadLetterFilter Filter() => new() { Source = Source, Reason = Reason, Text = Text, From = From, Before = Before };
    }
}

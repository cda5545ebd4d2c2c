using System.Security.Claims;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Server.Jobs;
using Kendt.Server.Security;
using Kendt.Studio.Data;
using Letter = Kendt.Studio.Data.DeadLetter;

namespace Kendt.Server.StudioData;

/// <summary>What Studio does to dead letters.</summary>
public sealed class LetterDesk(DeadLetters letters, Replay replay, LetterActions actions, Audit audit) : ILetterDesk
{
    public async Task<LetterView?> LetterAsync(Guid id, string? body, string? mapping, CancellationToken cancel)
    {
        if (await letters.FindAsync(id, cancel) is not { } letter) return null;
        var becomes = await replay.TryAsync(letter, body, mapping, cancel);
        return new(new Letter(letter.Id, letter.Source, letter.Origin, letter.Reason, letter.Body, letter.ReceivedAt), letter.Mended, await replay.MappingAsync(letter, cancel), letter.Tries, letter.TriedAt, becomes.Refused, All(becomes));
    }

    public async Task MendAsync(Guid id, string? body, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.RunJobs);
        await letters.MendAsync(id, body, cancel);
        await audit.WriteAsync(who.Actor(), "dead_letter.mend", id.ToString("D"), body is null ? "as it was sent" : "a mended body", cancel);
    }

    public async Task<int> MapAsync(string source, string reason, string mapping, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.EditConfiguration);
        var mapped = await replay.MapAsync(new() { Source = source, Reason = reason }, mapping, cancel);
        await audit.WriteAsync(who.Actor(), "dead_letter.map", source, $"{mapped} letters", cancel);
        return mapped;
    }

    public async Task<ReplayView> ReplayAsync(LetterChoice choice, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.RunJobs);
        if (choice.Ids is null)
        {
            await actions.StartReplayAsync(Filter(choice), who.Actor(), cancel);
            return new(IsJob: true, 0, 0, null);
        }
        var done = await actions.ReplayAsync(Filter(choice), who.Actor(), cancel);
        return new(IsJob: false, done.Taken, done.Failed, done.Failures.Count > 0 ? done.Failures[0].Reason : null);
    }

    public Task<int> DiscardAsync(LetterChoice choice, ClaimsPrincipal who, CancellationToken cancel)
    {
        who.Need(Permission.RunJobs);
        return actions.DiscardAsync(Filter(choice), who.Actor(), cancel);
    }

    internal static IReadOnlyList<string> All(Shown becomes) => [.. becomes.Messages, .. becomes.Records.Select(r => $"{r.Source} {r.Key}: {r.Body}"), .. becomes.Devices];

    private static DeadLetterFilter Filter(LetterChoice choice) =>
        choice.Ids is { } ids ? new() { Ids = ids } : new() { Source = choice.Query?.Source, Reason = choice.Query?.Reason, Text = choice.Query?.Text };
}

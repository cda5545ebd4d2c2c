using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What a replay did.</summary>
/// <param name="Failures">The first hundred letters that failed, with their new reasons.</param>
public sealed record ReplayResult(long Taken, long Failed, IReadOnlyList<ReplayFailure> Failures);

/// <summary>A letter that could not be taken this time either.</summary>
public sealed record ReplayFailure(Guid Id, string Reason);

/// <summary>
/// Takes dead letters again, mended or not, through the doors that they came by. A letter leaves when what it says is
/// durable, and not before: a process that is killed between the two finds it again and takes it again under the same
/// message id or record key, so nothing is lost and nothing is there twice. What fails stays, with its new reason.
/// </summary>
public sealed class Replay(LetterReader reader, Entrance entrance, RecordLog records, DeadLetters letters, TimeProvider time, Func<IReadOnlyList<DeviceRow>, CancellationToken, Task> devices) : IDisposable
{
    /// <summary>Letters that are taken together.</summary>
    public const int Chunk = 500;

    private const int MostFailures = 100;

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>What a letter would become, with another body or another mapping than it has; nothing is changed.</summary>
    public async Task<Shown> TryAsync(DeadLetter letter, string? body, string? mapping, CancellationToken cancel) =>
        (await ReadAsync(letter with { Mended = body ?? letter.Mended }, mapping is null ? null : MappingFile.Parse(mapping), cancel)).Show();

    /// <summary>The text of the mapping that reads a letter's row; null if it is no row.</summary>
    public Task<string?> MappingAsync(DeadLetter letter, CancellationToken cancel) => reader.MappingTextAsync(letter, cancel);

    /// <summary>Says by which mapping the rows among some letters are to be read from now on; it is kept with the source's mappings.</summary>
    /// <returns>How many letters.</returns>
    /// <exception cref="BadInputException">The mapping has faults.</exception>
    public async Task<int> MapAsync(DeadLetterFilter filter, string yaml, CancellationToken cancel)
    {
        var mapping = MappingFile.Parse(yaml);
        if (filter.Source is { } source && source != mapping.Source) throw new BadInputException($"The mapping is for the source '{mapping.Source}', the letters came from '{source}'.");
        await reader.KeepAsync(mapping, cancel);
        return await letters.MendAsync(filter with { Source = mapping.Source }, mapping.Name, cancel);
    }

    /// <summary>Replays all letters that are meant, the oldest first. Each is tried once, however often this is begun again with the same <see cref="DeadLetterFilter.NotTriedSince"/>.</summary>
    public async Task<ReplayResult> RunAsync(DeadLetterFilter filter, IProgress<ReplayResult>? progress, CancellationToken cancel)
    {
        var rest = filter with { NotTriedSince = filter.NotTriedSince ?? time.GetUtcNow() };
        var (taken, failures, failed) = (0L, new List<ReplayFailure>(), 0L);
        await _oneAtATime.WaitAsync(cancel);
        try
        {
            while (await letters.OldestAsync(rest, Chunk, cancel) is { Count: > 0 } chunk)
            {
                var said = await RunAsync(chunk, cancel);
                (taken, failed) = (taken + chunk.Count - said.Count, failed + said.Count);
                failures.AddRange(said.Take(MostFailures - failures.Count));
                progress?.Report(new(taken, failed, failures));
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
        return new(taken, failed, failures);
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task<List<ReplayFailure>> RunAsync(List<DeadLetter> chunk, CancellationToken cancel)
    {
        var groups = new List<(List<DeadLetter> Letters, Becoming Becomes)>();
        foreach (var letter in chunk)
        {
            var becomes = await ReadAsync(letter, null, cancel);
            if (becomes.Event is { } one && groups.Find(g => g.Becomes.Event == one && g.Letters[0].Source == letter.Source) is { Letters: { } same }) same.Add(letter);
            else groups.Add(([letter], becomes));
        }
        for (var i = 0; i < groups.Count; i++)
        {
            if (groups[i].Letters.Count > 1) groups[i] = (groups[i].Letters, await reader.ReadAsync(groups[i].Letters, cancel));
        }

        // What is durable elsewhere comes first, the letters leave last.
        var reasons = await Task.WhenAll(groups.Select(g => TakeAsync(g.Letters[0], g.Becomes, cancel)));
        var rows = groups.SelectMany(g => g.Becomes.Devices).ToList();
        if (rows.Count > 0) await devices(rows, cancel);
        var failed = groups.Zip(reasons).Where(x => x.Second is not null).SelectMany(x => x.First.Letters, (x, letter) => new ReplayFailure(letter.Id, x.Second!)).ToList();
        var lost = failed.Select(f => f.Id).ToHashSet();
        var drafts = groups.Zip(reasons).Where(x => x.Second is null).SelectMany(x => x.First.Becomes.Records).ToList();
        await records.AppendAsync(drafts, looksFirst: true, session =>
            DeadLetters.SettleAsync(session, [.. chunk.Select(l => l.Id).Where(id => !lost.Contains(id))], [.. failed.Select(f => (f.Id, f.Reason))], time.GetUtcNow(), cancel), cancel);
        return failed;
    }

    private async Task<Becoming> ReadAsync(DeadLetter letter, Mapping? mapping, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadAsync(letter, mapping, cancel);
        }
        catch (BadInputException fault)
        {
            return Becoming.No(fault.Message);
        }
    }

    /// <returns>Why it was not taken; null if it was.</returns>
    private async Task<string?> TakeAsync(DeadLetter letter, Becoming becomes, CancellationToken cancel)
    {
        if (becomes.Refused is not null || becomes.Messages.Count == 0) return becomes.Refused;
        while (true)
        {
            var (result, refused) = await entrance.AppendTakenAsync(letter.Source, new TrackingCall.Items(becomes.Messages, [], null), letter.ReceivedAt, cancel);
            if (refused is [var first, ..]) return first.Reason;
            switch (result)
            {
                case AppendResult.Busy busy:
                    await Task.Delay(busy.RetryAfter, time, cancel); // people's clicks come first
                    break;
                case AppendResult.Taken { New: 0 } when becomes.Event is not null:
                    return "An event of this key was taken before, and events do not change: if this line is missing from it, send it again under another key; else discard this letter.";
                default:
                    return null;
            }
        }
    }
}

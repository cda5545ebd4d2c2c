namespace Kendt.Collect;

/// <summary>A file of tracking messages, one a line: the same door as the HTTP API, in batches.</summary>
internal sealed class TrackingLoad(LogLoad log, TimeProvider time)
{
    public async Task RunAsync(ImportRun run, LineReader lines, CancellationToken cancel)
    {
        var number = 0L;
        while (lines.Read(out var line))
        {
            cancel.ThrowIfCancellationRequested();
            if (++number <= run.Begin) continue;
            await log.MakeRoomAsync(run, number - 1, cancel);
            if (lines.IsCut) log.Add(run.Refuse(number, $"The line is longer than {LineReader.MaxLine / 1024 / 1024} MB.", DeadLetters.TextOf(line.Span)));
            else Read(run, line, number);
        }
        await log.FlushAsync(run, number, cancel);
    }

    private void Read(ImportRun run, ReadOnlyMemory<byte> line, long number)
    {
        switch (TrackingCall.Read(line, null, time))
        {
            case TrackingCall.Items call:
                // Without an id of its own a line is known again by what it says.
                foreach (var item in call.Taken)
                    log.Add(new Item(item.Body.ToArray(), item.IdIsGiven ? RowKeys.Digest(item.Body.Span) : item.MessageId, item.Index, item.SentAt));
                foreach (var item in call.Refused) log.Add(run.Refuse(number, item.Reason, DeadLetters.TextOf(item.Raw.Span)));
                break;
            case TrackingCall.Unreadable unreadable:
                log.Add(run.Refuse(number, unreadable.Status == 400 ? "The line is not JSON." : unreadable.Message, DeadLetters.TextOf(line.Span)));
                break;
        }
    }
}

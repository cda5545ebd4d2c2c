using Kendt.Model;

namespace Kendt.Collect;

/// <summary>What became of a webhook's call.</summary>
public abstract record WebhookResult
{
    private WebhookResult() { }

    /// <summary>The source has no webhook.</summary>
    public sealed record Unknown : WebhookResult;

    /// <summary>It is not from who it should be.</summary>
    public sealed record Unproven(string Reason) : WebhookResult;

    /// <summary>Durable: what it became is taken, or it is a dead letter.</summary>
    /// <param name="Refused">Why parts of it, or all, are dead letters.</param>
    public sealed record Kept(int Messages, int Records, IReadOnlyList<string> Refused) : WebhookResult;

    /// <summary>Nothing of it was taken; the sender comes again.</summary>
    public sealed record Busy(TimeSpan RetryAfter) : WebhookResult;
}

/// <summary>One call of a webhook as it came.</summary>
/// <param name="ShowsKey">It came with the source's write key.</param>
public sealed record WebhookRequest(
    string Source, ReadOnlyMemory<byte> Body, string? ContentType, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Query, bool ShowsKey);

/// <summary>Takes webhooks: any JSON or form, made into messages and rows by the source's template, durable before it is answered.</summary>
public sealed class Webhooks(WebhookSetups setups, Entrance entrance, RecordLog records, DeadLetters letters, TimeProvider time)
{
    /// <summary>The origin of dead letters that came by a webhook.</summary>
    internal const string Origin = "webhook";

    public async Task<WebhookResult> TakeAsync(WebhookRequest request, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (await setups.FindAsync(request.Source, cancel) is not { } found) return request.ShowsKey ? await KeepAsync(request, now, cancel) : new WebhookResult.Unknown();
        var setup = found.Setup;
        if (Unproven(setup, found.Secret, request, now) is { } reason) return new WebhookResult.Unproven(reason);
        var call = WebhookCall.Write(request.Body, request.ContentType, request.Headers, request.Query, setup.Signature?.Header, now);
        var becomes = await WebhookReader.ReadAsync(setup, call, now, time, cancel);
        if (becomes.Refused is { } refused)
        {
            await letters.WriteAsync([DeadLetter.Of(setup.Source, Origin, refused, call, now)], cancel);
            return new WebhookResult.Kept(0, 0, [refused]);
        }
        // Both are the same when done again: a sender that got no answer comes again.
        if (becomes.Records.Count > 0) await records.AppendAsync(becomes.Records, looksFirst: true, _ => Task.CompletedTask, cancel);
        if (becomes.Messages.Count == 0) return new WebhookResult.Kept(0, becomes.Records.Count, []);
        var (result, letIn) = await entrance.AppendAsync(setup.Source, new TrackingCall.Items(becomes.Messages, [], null), now, cancel);
        return result is AppendResult.Busy busy ? new WebhookResult.Busy(busy.RetryAfter)
            : new WebhookResult.Kept(letIn.Taken.Count, becomes.Records.Count, [.. letIn.Refused.Select(r => r.Reason)]);
    }

    // Who shows the key is trusted before there is a file: when there is one, what was kept is replayed.
    private async Task<WebhookResult> KeepAsync(WebhookRequest request, DateTimeOffset now, CancellationToken cancel)
    {
        var reason = $"The source '{request.Source}' has no webhook file, so nothing says what to make of it. Give it one ('kendt webhook set FILE', or Webhooks in Studio), and replay this.";
        await letters.WriteAsync([DeadLetter.Of(request.Source, Origin, reason, WebhookCall.Write(request.Body, request.ContentType, request.Headers, request.Query, null, now), now)], cancel);
        return new WebhookResult.Kept(0, 0, [reason]);
    }

    /// <summary>What a call would become, with the kept setup or another; nothing is changed and no proof is asked for.</summary>
    /// <exception cref="BadInputException">There is no setup, or the other has faults.</exception>
    public async Task<Shown> TryAsync(WebhookRequest request, string? yaml, CancellationToken cancel)
    {
        var setup = yaml is not null ? WebhookSetup.Parse(yaml)
            : (await setups.FindAsync(request.Source, cancel))?.Setup ?? throw new BadInputException($"The source '{request.Source}' has no webhook. 'kendt webhook set FILE' makes one.");
        var now = time.GetUtcNow();
        var call = WebhookCall.Write(request.Body, request.ContentType, request.Headers, request.Query, setup.Signature?.Header, now);
        return (await WebhookReader.ReadAsync(setup, call, now, time, cancel)).Show();
    }

    private static string? Unproven(WebhookSetup setup, string? secret, WebhookRequest request, DateTimeOffset now)
    {
        if (setup.Signature is null) return request.ShowsKey ? null : $"The write key of the source '{setup.Source}' is missing: give it as the user name of Basic, or as ?writeKey=.";
        return setup.Signature.Check(name => request.Headers.GetValueOrDefault(name), request.Body.Span, secret ?? "", now);
    }
}

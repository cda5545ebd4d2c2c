using Kendt.Collect;
using Kendt.Model;
using Kendt.Server.Host;
using Kendt.Store;

namespace Kendt.Server.Api.Tracking;

/// <summary>Takes the calls of every <see cref="Door"/>: the key, the body, its items, the log; then the answer.</summary>
internal sealed partial class Intake(Sources sources, Entrance entrance, RateLimits limits, LiveFeed feed, TimeProvider time, ILogger<Intake> log)
{
    private readonly BodyRoom _room = new();

    public async Task TakeAsync(HttpContext context, Door door)
    {
        CallAnswer answer;
        // The items lie in the body's memory until they are in the log.
        using (var body = new CallBody(_room))
        {
            try
            {
                answer = await TakeAsync(context.Request, door, body, context.RequestAborted);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                return; // nobody is there to hear
            }
            catch (Exception fault) when (fault is CannotException or SqlException or IOException)
            {
                Failed(log, fault, door.Path);
                answer = CallAnswer.Failing;
            }
        }
        Count(answer);
        await answer.WriteAsync(context, door.IsPixel);
    }

    private async Task<CallAnswer> TakeAsync(HttpRequest request, Door door, CallBody body, CancellationToken cancel)
    {
        // A key that stands before the body is looked at before the body.
        var key = WriteKeys.Before(request);
        var source = await sources.FindByKeyAsync(key, cancel);
        if (key is not null && source is null) return CallAnswer.UnknownKey;
        if (await body.ReadAsync(request, cancel) is { } fault) return fault.Status == 413 ? await KeepBeginningAsync(source, request, body, fault, cancel) : fault;
        var receivedAt = time.GetUtcNow();
        var call = door.Read(request, body.Bytes, time);
        source ??= await sources.FindByKeyAsync((call as TrackingCall.Items)?.WriteKey, cancel);
        if (source is null) return CallAnswer.UnknownKey;
        if (!source.Enabled) return CallAnswer.SwitchedOff(source);
        var (answer, items) = await TakeAsync(source, call, body.Bytes, receivedAt, cancel);
        Show(source, items, answer, receivedAt, body.Bytes);
        return answer;
    }

    // The answer, and the items as the tracking plan let them in.
    private async Task<(CallAnswer Answer, TrackingCall.Items? Items)> TakeAsync(Source source, TrackingCall call, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt, CancellationToken cancel)
    {
        if (limits.Take(source, call is TrackingCall.Items { Taken: var taken, Refused: var refused } ? taken.Count + refused.Count : 1) is { } wait) return (CallAnswer.TooFast(source, wait), null);
        if (call is TrackingCall.Unreadable unreadable)
        {
            var fault = new CallAnswer.Fault(unreadable.Status, unreadable.Code, unreadable.Message);
            return (body.IsEmpty ? fault : await KeepAsync(source, fault, "The body of a call is not JSON.", body, receivedAt, cancel), null);
        }
        var (result, letIn) = await entrance.AppendAsync(source.Name, (TrackingCall.Items)call, receivedAt, cancel);
        return result is AppendResult.Busy busy ? (CallAnswer.Busy(busy.RetryAfter), letIn) : (new CallAnswer.Taken(letIn.Taken.Count, letIn.Refused), letIn);
    }

    // Clients forget what was answered 400 or 413: what they said is kept where a person can see it.
    private async Task<CallAnswer> KeepAsync(Source source, CallAnswer.Fault fault, string reason, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt, CancellationToken cancel)
    {
        var kept = new TrackingCall.Items([], [new Rejected(0, reason, body)], null);
        return (await entrance.AppendAsync(source.Name, kept, receivedAt, cancel)).Result is AppendResult.Busy busy ? CallAnswer.Busy(busy.RetryAfter) : fault;
    }

    private async Task<CallAnswer> KeepBeginningAsync(Source? source, HttpRequest request, CallBody body, CallAnswer.Fault fault, CancellationToken cancel)
    {
        var (receivedAt, beginning) = (time.GetUtcNow(), await body.BeginningAsync(request, cancel));
        source ??= await sources.FindByKeyAsync(WriteKeys.In(beginning.Span), cancel);
        if (source is not { Enabled: true }) return fault;
        if (limits.Take(source, 1) is { } wait) return CallAnswer.TooFast(source, wait);
        var answer = await KeepAsync(source, fault, $"The body of a call was larger than {TrackingCall.MaxBody / 1024:N0} KB. Its beginning is kept here, the rest was not read: send smaller batches.", beginning, receivedAt, cancel);
        Show(source, null, answer, receivedAt, beginning);
        return answer;
    }

    private void Show(Source source, TrackingCall.Items? items, CallAnswer answer, DateTimeOffset at, ReadOnlyMemory<byte> body)
    {
        if (!feed.IsWatched) return;
        if (answer is CallAnswer.Fault fault) feed.Put(source.Name, at, $"{fault.Status}: {fault.Message}", body);
        else if (items is not null) feed.Put(source.Name, at, items);
    }

    private static void Count(CallAnswer answer)
    {
        switch (answer)
        {
            case CallAnswer.Taken taken:
                Telemetry.Received.Add(taken.Items);
                Telemetry.Rejected.Add(taken.Refused.Count);
                break;
            case CallAnswer.Fault { Status: 429 }:
                Telemetry.Limited.Add(1);
                break;
            case CallAnswer.Fault { RetryAfter: not null }:
                Telemetry.Busy.Add(1);
                break;
        }
    }

    [LoggerMessage(LogLevel.Error, "A call of {Path} was answered 503; its sender comes again")]
    private static partial void Failed(ILogger log, Exception fault, string path);
}

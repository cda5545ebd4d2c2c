using System.Diagnostics;
using System.Text.Json;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Profiles;
using Kendt.Segments.Live;
using Kendt.Server.Host;
using Kendt.Store;
using Kendt.Unify;

namespace Kendt.Server;

/// <summary>The rooms that the pipeline walks through.</summary>
public sealed record PipelineRooms(Stores Stores, IntakeLog Log, Records Records, DeadLetters DeadLetters, Stitch Stitch, ProfileWriter Profiles, Consents Consents, LiveSegments Live);

/// <summary>
/// Brings what Collect took to profiles, events and traits; it alone knows the order of the rooms. It reads messages and
/// records from their offsets; each store keeps its own offset in the transaction of its rows. So a process that is killed
/// anywhere continues there: what the ledger has already is the same when done again, and the warehouse takes only what is new.
/// </summary>
public sealed partial class Pipeline(PipelineRooms rooms, Pulse pulse, DiskGuard disk, ILogger<Pipeline> log) : BackgroundService
{
    private const int BatchSize = 10_000;

    // A batch costs both stores much however small it is. Under a steady stream one begins at most so often, and holds more.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(200);

    internal const string RecordsOffset = "records";

    private readonly PipelineTrack _messages = new(IntakeLog.Offset, rooms), _records = new(RecordsOffset, rooms);
    private readonly Reattribute _reattribute = new(rooms);
    private string? _reattributeFault;

    /// <summary>What the pipeline reads is one batch's facts, from messages or from records.</summary>
    internal sealed record Batch(long Last, IReadOnlyList<Fact> Facts, IReadOnlyList<DeadLetter> Unreadable);

    /// <summary>One message or record on its way.</summary>
    internal sealed record Fact(long Seq, Sighting Sighting, DateTimeOffset At, TraitNews? Traits, IReadOnlyList<ConsentDecision> Consents, Happening? Event, Sighting? Account, TraitNews? AccountTraits);

    /// <summary>Waits until everything that was taken before this call is in profiles, events and traits.</summary>
    public async Task CaughtUpAsync(Action<long, long>? progress, CancellationToken cancel)
    {
        var (messages, records) = (rooms.Log.Last, await LastRecordAsync(cancel));
        await Task.WhenAll(_messages.StartedAsync(cancel), _records.StartedAsync(cancel));
        var from = _messages.Done + _records.Done;
        while (_messages.Done < messages || _records.Done < records || await _reattribute.IsDueAsync(cancel))
        {
            if (Fault is { } fault) throw new CannotException("Profiles cannot be brought up to date: " + fault);
            progress?.Invoke(Math.Min(_messages.Done, messages) + Math.Min(_records.Done, records) - from, messages + records - from);
            await pulse.NextAsync(TimeSpan.FromMilliseconds(500), cancel);
        }
    }

    /// <summary>Whether what was written for profiles that a decision changed is yet to be brought to its owners.</summary>
    public Task<bool> IsReattributingAsync(CancellationToken cancel) => _reattribute.IsDueAsync(cancel);

    /// <summary>Why profiles do not come up to date at this moment; null while they do.</summary>
    public string? Fault => _messages.Fault ?? _records.Fault ?? _reattributeFault;

    /// <summary>Every message up to this place is in profiles and events.</summary>
    public long MessagesDone => _messages.Done;

    /// <summary>Messages and records taken but not yet in profiles.</summary>
    public async Task<long> BacklogAsync(CancellationToken cancel) => rooms.Log.Last - _messages.Done + await LastRecordAsync(cancel) - _records.Done;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Task.Run(() => KeepRunningAsync(_messages, ReadMessagesAsync, rooms.Log.WaitForNewAsync, stoppingToken), stoppingToken),
        Task.Run(() => KeepRunningAsync(_records, ReadRecordsAsync, (_, cancel) => pulse.NextAsync(TimeSpan.FromSeconds(2), cancel), stoppingToken), stoppingToken),
        Task.Run(() => KeepReattributingAsync(stoppingToken), stoppingToken),
        Task.Run(() => ProjectDeadLettersAsync(stoppingToken), stoppingToken));

    // A store that is away for a while comes back: the track begins again at its offsets, after a growing pause.
    private async Task KeepRunningAsync(PipelineTrack track, Func<long, CancellationToken, Task<Batch?>> read, Func<long, CancellationToken, Task> wait, CancellationToken stopping)
    {
        for (var pause = 1; !stopping.IsCancellationRequested; pause = Math.Min(60, pause * 2))
        {
            try
            {
                await RunAsync(track, read, wait, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                track.Fault = Told(fault);
                Stopped(log, fault is CannotException ? null : fault, track.Name, pause, track.Fault);
                pulse.Beat();
                await Task.Delay(TimeSpan.FromSeconds(pause), stopping).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task KeepReattributingAsync(CancellationToken stopping)
    {
        for (var pause = 1; !stopping.IsCancellationRequested;)
        {
            try
            {
                if (await _reattribute.RunAsync(stopping)) pulse.Beat();
                else await pulse.NextAsync(TimeSpan.FromSeconds(1), stopping);
                (pause, _reattributeFault) = (1, null);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                _reattributeFault = Told(fault);
                Stopped(log, fault is CannotException ? null : fault, "reattribution", pause, _reattributeFault);
                await Task.Delay(TimeSpan.FromSeconds(pause), stopping).ContinueWith(_ => { }, TaskScheduler.Default);
                pause = Math.Min(60, pause * 2);
            }
        }
    }

    private static string Told(Exception fault) =>
        fault is CannotException ? fault.Message : fault is SqlException or IOException ? "a store refused; the log has the details" : $"a fault of Kendt ({fault.GetType().Name}); the log has the details";

    private async Task RunAsync(PipelineTrack track, Func<long, CancellationToken, Task<Batch?>> read, Func<long, CancellationToken, Task> wait, CancellationToken stopping)
    {
        await track.LoadAsync(stopping);
        var previous = Task.CompletedTask;
        var at = track.Done;
        var hasTurn = false;
        try
        {
            while (true)
            {
                if (await read(at, stopping) is not { } batch)
                {
                    await previous;
                    Rest();
                    await wait(at, stopping);
                    continue;
                }
                disk.Need();
                if (_reattribute.IsWanted)
                {
                    await previous;
                    Rest();
                }
                if (!hasTurn) await _reattribute.TakeTurnAsync(stopping);
                hasTurn = true;
                var started = Stopwatch.GetTimestamp();
                var owned = await track.WriteLedgerAsync(batch, stopping);
                await previous; // the warehouse takes this batch while the ledger takes the next
                previous = Task.Run(async () =>
                {
                    await track.WriteWarehouseAsync(batch, owned, CancellationToken.None);
                    track.Fault = null;
                    Telemetry.Events.Add(batch.Facts.Count);
                    Telemetry.BatchSeconds.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
                    pulse.Beat();
                }, CancellationToken.None);
                at = batch.Last;
                if (batch.Facts.Count < BatchSize / 2 && Gather - Stopwatch.GetElapsedTime(started) is { Ticks: > 0 } pause) await Task.Delay(pause, stopping);
                else if (IsRush) await StepBackAsync(Stopwatch.GetElapsedTime(started) * 3, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await previous;
        }
        finally
        {
            await previous.ContinueWith(_ => Rest(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        void Rest()
        {
            if (hasTurn) _reattribute.GiveTurn();
            hasTurn = false;
        }
    }

    public override void Dispose()
    {
        _reattribute.Dispose();
        base.Dispose();
    }

    // More comes than can be followed: what is taken now can be read later, what is turned away may be gone.
    private bool IsRush => rooms.Log.IsCrowded && rooms.Log.Last - _messages.Done > 3 * BatchSize;

    private async Task StepBackAsync(TimeSpan longest, CancellationToken stopping)
    {
        for (var started = Stopwatch.GetTimestamp(); IsRush && Stopwatch.GetElapsedTime(started) < longest;) await Task.Delay(50, stopping);
    }

    private async Task<Batch?> ReadMessagesAsync(long after, CancellationToken cancel)
    {
        var messages = await rooms.Log.ReadAsync(after, BatchSize, cancel);
        if (messages.Count == 0) return null;
        var facts = new List<Fact>(messages.Count);
        var unreadable = new List<DeadLetter>();
        foreach (var message in messages)
        {
            if (Happenings.Read(message, out var refused) is { } happening) facts.Add(Of(happening));
            else if (refused is not null) unreadable.Add(refused);
        }
        return new(messages[^1].Seq, facts, unreadable);
    }

    private async Task<Batch?> ReadRecordsAsync(long after, CancellationToken cancel)
    {
        var records = await rooms.Records.ReadAsync(after, BatchSize, cancel);
        return records.Count == 0 ? null : new(records[^1].Seq, [.. records.Where(r => r.Identifiers.Count > 0).Select(Of)], []);
    }

    private Task<long> LastRecordAsync(CancellationToken cancel) => rooms.Stores.Warehouse.ReadAsync(s => s.CountAsync(Sql.Of($"select max(seq) from record"), cancel), cancel);

    private async Task ProjectDeadLettersAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                if (await rooms.DeadLetters.ProjectAsync(BatchSize, stopping) > 0) pulse.Beat();
                else await rooms.Log.WaitForRejectedAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return;
        }
    }

    // Traits of messages and of records share one order: even numbers and odd ones.
    private static Fact Of(Happening happening)
    {
        var evidence = $"message:{happening.Source}:{happening.Seq}";
        var sighting = new Sighting(happening.Source, evidence, happening.ReceivedAt, happening.Identifiers);
        var account = happening.GroupId is { } group && Identifier.TryCreate(Identifier.AccountNo, group, out var number, out _)
            ? new Sighting(happening.Source, evidence, happening.ReceivedAt, [number], IsAccount: true) : null;
        return new(happening.Seq, sighting, happening.At, News(happening.Traits), happening.Consents, happening, account, account is null ? null : News(happening.GroupTraits));

        TraitNews? News(IReadOnlyDictionary<string, JsonElement> traits) => traits.Count == 0 ? null : new(default, happening.Source, evidence, happening.Seq * 2, happening.At, traits);
    }

    private static Fact Of(RecordFacts record)
    {
        var evidence = $"record:{record.Source}:{record.Key}";
        var sighting = new Sighting(record.Source, evidence, record.ReceivedAt, record.Identifiers, record.IsAccount);
        var account = record.Account is { } number ? new Sighting(record.Source, evidence, record.ReceivedAt, [number], IsAccount: true) : null;
        var news = record.Traits.Count == 0 && !record.IsGone ? null : new TraitNews(default, record.Source, evidence, record.Seq * 2 + 1, record.At, record.Traits, record.IsGone);
        return new(record.Seq, sighting, record.At, news, record.Consents, null, account, null);
    }

    [LoggerMessage(LogLevel.Critical, "The pipeline of {Track} stopped and begins again in {Seconds} s: {Why}")]
    private static partial void Stopped(ILogger log, Exception? fault, string track, int seconds, string why);
}

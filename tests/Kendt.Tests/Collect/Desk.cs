using System.Text;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Store;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Collect;

/// <summary>The questions that most tests ask of the dead letters.</summary>
internal static class LetterQuestions
{
    public static Task<List<DeadLetter>> ListAsync(this DeadLetters letters, string? source, string? text, int skip, int take, CancellationToken cancel) =>
        letters.ListAsync(new DeadLetterFilter { Source = source, Text = text }, skip, take, cancel);

    public static Task<long> CountAsync(this DeadLetters letters, string? source, string? text, CancellationToken cancel) =>
        letters.CountAsync(new DeadLetterFilter { Source = source, Text = text }, cancel);
}

/// <summary>A workspace with an opened log and the imports over it.</summary>
internal sealed class Desk(TestStores test, IntakeLog log, List<DeviceRow> devices) : IAsyncDisposable
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Stores Stores => test.Stores;

    public IntakeLog Log => log;

    public List<DeviceRow> Devices => devices;

    public FakeTimeProvider Time { get; } = Calls.Clock();

    public DeadLetters Letters { get; } = new(test.Stores);

    public Violations Violations => field ??= new(test.Stores, Time);

    public Plans Plans => field ??= new(test.Stores, Violations, Time);

    public Entrance Entrance => field ??= new(log, Plans);

    public RecordLog RecordLog => field ??= new(test.Stores, Time);

    public Imports Imports => field ??= new(test.Stores, Entrance, RecordLog, new Sources(test.Stores, Time), Time, TakeAsync);

    public WebhookSetups Setups => field ??= new(test.Stores, new Sources(test.Stores, Time), Kendt.Govern.Secrets.Open(test.Options.Folder), Time);

    public TableSources Tables => field ??= new(test.Stores, new Sources(test.Stores, Time), Kendt.Govern.Secrets.Open(test.Options.Folder), Time);

    public TableSync Sync => field ??= new(Tables, Imports, Path.Combine(test.Options.Folder, "inbox"));

    public Webhooks Webhooks => field ??= new(Setups, Entrance, RecordLog, Letters, Time);

    public Replay Replay => field ??= new(new LetterReader(test.Stores, Setups, Time), Entrance, RecordLog, Letters, Time, TakeAsync);

    public static async Task<Desk> OpenAsync(On on)
    {
        var test = await TestStores.OpenAsync(on);
        return new(test, await Calls.OpenAsync(test.Stores), []);
    }

    public string File(string name, byte[] content)
    {
        var path = Path.Combine(test.Options.Folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }

    public async Task<ImportProgress> ImportAsync(string name, byte[] content, string? mapping, string? source = null)
    {
        var started = await Imports.StartAsync(File(name, content), name, mapping is null ? null : MappingFile.Parse(mapping), source, Cancel);
        return await Imports.RunAsync(started.Id, null, Cancel);
    }

    public Task<ImportProgress> ImportAsync(string name, string content, string? mapping, string? source = null) => ImportAsync(name, Encoding.UTF8.GetBytes(content), mapping, source);

    public Task<List<(string Key, string Body)>> RecordsAsync() => Stores.Warehouse.ReadAsync(s => s.ListAsync(Sql.Of($"select key, body from record order by seq"), r => (r.Text(0), r.Text(1)), Cancel), Cancel);

    public async Task<List<Happening>> HappeningsAsync() => [.. (await log.ReadAsync(0, 100_000, Cancel)).Select(m => Happenings.Read(m, out _)!)];

    private Task TakeAsync(IReadOnlyList<DeviceRow> rows, CancellationToken cancel)
    {
        devices.AddRange(rows);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        Replay.Dispose();
        RecordLog.Dispose();
        await log.DisposeAsync();
        await test.DisposeAsync();
    }
}

using Kendt.Activate;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;
using Microsoft.Extensions.Time.Testing;

namespace Kendt.Tests.Activate;

/// <summary>A workspace with destinations and people who have or have not consented.</summary>
public sealed class World : IAsyncDisposable
{
    public const string Actor = "tester", Secret = "a secret of both sides";

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TestStores _test;
    private readonly HttpClient _http = Webhook.Client();
    private readonly IDestination? _special;

    private World(TestStores test, IDestination? special) => (_test, _special) = (test, special);

    public static async Task<World> OpenAsync(On on, IDestination? special = null)
    {
        var world = new World(await TestStores.OpenAsync(on), special);
        world.Build();
        return world;
    }

    public FakeTimeProvider Time { get; } = new(Noon);

    public Stores Stores => _test.Stores;

    public string Folder => _test.Options.Folder;

    public bool IsEmbedded => _test.Options.Postgres is null;

    public Destinations Destinations { get; private set; } = null!;

    public Deliveries Deliveries { get; private set; } = null!;

    public Permits Permits { get; private set; } = null!;

    public CsvFile Csv { get; private set; } = null!;

    public DeliveryOptions Options { get; } = new() { MostAttempts = 5 };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static ProfileId Person(int n) => ProfileId.For(new(Identifier.UserId, "u" + n), Noon);

    /// <summary>The process dies and another one starts on the same workspace.</summary>
    public async Task CrashAsync()
    {
        await _test.ReopenAsync();
        Build();
    }

    public Task SayAsync(ConsentState state, params int[] people) => Stores.Ledger.WriteAsync(s => new Consents(Stores).RecordAsync(
        s, [.. people.Select(n => new ConsentSaid(Person(n), new ConsentDecision(Purposes.EmailMarketing, state, Time.GetUtcNow()), "web", "m" + n))], Cancel), Cancel);

    public async Task AddWebhookAsync(string address, int batch = 100, string name = "hook") => await Destinations.PutAsync(name, "webhook",
        new Dictionary<string, string> { ["url"] = address, ["secret"] = Secret, ["batch_size"] = batch.ToString() }, Actor, Cancel);

    public Task<Delivery> StartAsync(string destination, params int[] people) => Deliveries.StartAsync(
        destination, "everybody", Purposes.EmailMarketing, [.. people.Select(Person)], PayloadsAsync, Actor, Cancel);

    public async Task<DeliveryDetail> FindAsync(DeliveryId id) => await Deliveries.FindAsync(id, Cancel) ?? throw new InvalidOperationException("No such delivery.");

    public async ValueTask DisposeAsync()
    {
        Deliveries.Dispose();
        _http.Dispose();
        await _test.DisposeAsync();
    }

    private static Task<IReadOnlyDictionary<ProfileId, string>> PayloadsAsync(IReadOnlyList<ProfileId> people, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyDictionary<ProfileId, string>>(people.ToDictionary(p => p, p => $$$"""{"email":"{{{p.Value:N}}}@example.com","traits":{"city":"Aarhus","age":41}}"""));

    private void Build()
    {
        Deliveries?.Dispose();
        Permits = new(Stores, new(Stores), Time);
        Csv = new(Folder);
        Destinations = new(Stores, Secrets.Open(Folder), [Csv, new Webhook(_http, Time), .. _special is { } s ? [s] : Array.Empty<IDestination>()], Time);
        Deliveries = new(Stores, Permits, Destinations, Time, Options);
    }
}

using System.Security.Claims;
using Kendt.Collect;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Preview;

/// <summary>Places that the made-up company's files are fetched from.</summary>
public sealed class DesignPickups(bool empty) : IPickupDesk
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 30, 0, TimeSpan.Zero);

    private const string Yaml = "source: loyalty\nrows: records\nkey: Medlemsnr\ncolumns:\n  Medlemsnr: { identifier: loyalty_no }\n";

    /// <summary>What was done, for tests.</summary>
    public List<string> Done { get; } = [];

    public Task<PickupsView> PickupsAsync(CancellationToken cancel) => Task.FromResult(empty ? new([], []) : new PickupsView(
        [new("loyalty", PickupKind.Folder, "/data/loyalty", true, Now.AddSeconds(-9), ""), new("orders", PickupKind.S3, "exports/daily/", false, Now.AddDays(-3), ""), new("partner", PickupKind.Sftp, "sftp.partner.example:out", true, Now.AddSeconds(-5), Wrong)],
        [new("loyalty", 2, Now.AddDays(-12))]));

    public Task<PickupView?> PickupAsync(string? source, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult<PickupView?>(source switch
    {
        null => new("", null, [], [], true),
        "none" => null,
        _ => new(source, new(source, PickupKind.Folder, new Dictionary<string, string> { ["path"] = "/data/loyalty", ["pattern"] = "*.csv" }, true, Now.AddSeconds(-9), ""),
            [new(source, "members-november.csv", "taken", "", Now.AddHours(-2)), new(source, "members-test.csv", "failed", "The source 'loyalty' keeps no mapping that fits 'members-test.csv'.", Now.AddDays(-1))],
            [new(source, "a", Yaml, Now.AddDays(-12)), new(source, "b", Yaml, Now.AddDays(-40))], true),
    });

    public Task<IReadOnlyList<PlacedFile>> TryAsync(PickupOrder order, ClaimsPrincipal who, CancellationToken cancel) =>
        order.Settings.GetValueOrDefault("host") == "nobody" ? throw new BadInputException(Wrong) : Task.FromResult<IReadOnlyList<PlacedFile>>([new("a.csv", 1, ""), new("b.csv", 1, "")]);

    public Task PutAsync(PickupOrder order, ClaimsPrincipal who, CancellationToken cancel) => Note($"put {order.Source} {order.Kind} {string.Join(',', order.Settings.Where(s => s.Value.Length > 0).Select(s => s.Key + "=" + s.Value))}");

    public Task SetEnabledAsync(string source, bool enabled, ClaimsPrincipal who, CancellationToken cancel) => Note($"{(enabled ? "on" : "off")} {source}");

    public Task RemoveAsync(string source, ClaimsPrincipal who, CancellationToken cancel) => Note("remove " + source);

    public Task<PickupLook> LookAsync(string source, ClaimsPrincipal who, CancellationToken cancel) => Task.FromResult(new PickupLook(1, 0, 2));

    public Task KeepMappingAsync(string source, string yaml, ClaimsPrincipal who, CancellationToken cancel) => Note("mapping " + source);

    private const string Wrong = "The server 'sftp.partner.example' does not let us in: the user name, the password or the key is wrong. Ask who runs it.";

    private Task Note(string what)
    {
        Done.Add(what);
        return Task.CompletedTask;
    }
}

using Kendt.Model;
using Kendt.Store;

namespace Kendt.Tests.Activate;

public sealed class DestinationsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task A_destination_is_kept_and_its_secret_never_shown(On on)
    {
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync("https://example.com/kendt", 50);
        var shown = await world.Destinations.FindAsync("hook", Cancel);
        Assert.NotNull(shown);
        Assert.Equal(("hook", "webhook", World.Noon), (shown.Name, shown.Kind, shown.CreatedAt));
        Assert.Equal(new Dictionary<string, string> { ["url"] = "https://example.com/kendt", ["batch_size"] = "50" }, shown.Settings);
        Assert.Equal(["secret"], shown.SecretsSet);
        var kept = await world.Stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select settings from destination"), r => r.Text(0), Cancel), Cancel);
        Assert.DoesNotContain(World.Secret, kept, StringComparison.Ordinal);
        Assert.Null(await world.Destinations.FindAsync("none", Cancel));
    }

    [Fact]
    public async Task All_faults_are_told_at_once_and_none_repeats_a_secret()
    {
        await using var world = await World.OpenAsync(On.Embedded);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => world.Destinations.PutAsync("hook", "webhook",
            new Dictionary<string, string> { ["url"] = "ftp://example.com", ["secret"] = "too short", ["batch_size"] = "5000", ["colour"] = "red" }, World.Actor, Cancel));
        Assert.Equal(4, fault.Message.Split(Environment.NewLine).Length);
        foreach (var name in new[] { "url", "secret", "batch_size", "colour" }) Assert.Contains(name, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("too short", fault.Message, StringComparison.Ordinal);
        Assert.Empty(await world.Destinations.ListAsync(Cancel));
        fault = await Assert.ThrowsAsync<BadInputException>(() => world.Destinations.PutAsync("hook", "webhook", new Dictionary<string, string>(), World.Actor, Cancel));
        Assert.Equal(2, fault.Message.Split(Environment.NewLine).Length);
        await Assert.ThrowsAsync<BadInputException>(() => world.Destinations.PutAsync("hook", "webhook", new Dictionary<string, string> { ["url"] = "https://me:pass@example.com", ["secret"] = World.Secret }, World.Actor, Cancel));
    }

    [Theory]
    [InlineData("../up", "csv", "name")]
    [InlineData("", "csv", "name")]
    [InlineData("Upper", "csv", "name")]
    [InlineData("file", "fax", "choose of csv, webhook")]
    public async Task A_wrong_name_or_kind_is_refused(string name, string kind, string says)
    {
        await using var world = await World.OpenAsync(On.Embedded);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => world.Destinations.PutAsync(name, kind, new Dictionary<string, string>(), World.Actor, Cancel));
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Theory, Engines]
    public async Task A_change_keeps_the_secret_that_is_left_out(On on)
    {
        await using var world = await World.OpenAsync(on);
        await world.AddWebhookAsync("https://example.com/kendt");
        await world.Destinations.PutAsync("hook", "webhook", new Dictionary<string, string> { ["url"] = "https://example.com/new" }, World.Actor, Cancel);
        var shown = (await world.Destinations.ListAsync(Cancel)).Single();
        Assert.Equal(["secret"], shown.SecretsSet);
        Assert.Equal(new Dictionary<string, string> { ["url"] = "https://example.com/new" }, shown.Settings);
        await Assert.ThrowsAsync<BadInputException>(() => world.Destinations.PutAsync("hook", "csv", new Dictionary<string, string>(), World.Actor, Cancel));
        await world.Destinations.RemoveAsync("hook", World.Actor, Cancel);
        await Assert.ThrowsAsync<BadInputException>(() => world.Destinations.RemoveAsync("hook", World.Actor, Cancel));
        await Assert.ThrowsAsync<BadInputException>(() => world.Destinations.TestAsync("hook", Cancel));
    }
}

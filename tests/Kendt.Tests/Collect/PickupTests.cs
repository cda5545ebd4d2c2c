using System.Text;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Store;

namespace Kendt.Tests.Collect;

public sealed class PickupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task A_bucket_is_listed_whole_and_each_object_is_new_once(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        using var storage = Filled();
        var pickups = Of(test);
        await pickups.PutAsync("orders", PickupKind.S3, S3(storage), Cancel);
        using var place = await pickups.OpenAsync("orders", Cancel);
        await TakesOnceAsync(pickups, place, storage, "orders");
        Assert.All(storage.Asked, a => Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AK/", a.Authorization, StringComparison.Ordinal));
    }

    [Theory, Engines]
    public async Task A_container_is_listed_whole_and_each_blob_is_new_once(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        using var storage = Filled();
        var pickups = Of(test);
        await pickups.PutAsync("panel", PickupKind.Azure, new Dictionary<string, string>
        {
            ["container"] = "c",
            ["connection"] = $"DefaultEndpointsProtocol=http;AccountName=dev;AccountKey={Convert.ToBase64String("a key"u8)};BlobEndpoint={storage.Address}dev",
            ["prefix"] = "daily/",
            ["pattern"] = "*.csv",
        }, Cancel);
        using var place = await pickups.OpenAsync("panel", Cancel);
        // The account is a part of the address, so names have one step more.
        foreach (var name in storage.Files.Keys.ToList()) storage.Files["c/" + name] = storage.Files[name];
        await TakesOnceAsync(pickups, place, storage, "panel", inAccount: true);
        Assert.All(storage.Asked, a => Assert.StartsWith("SharedKey dev:", a.Authorization, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_refuses_is_told_in_plain_words_and_secrets_are_kept_sealed()
    {
        await using var test = await TestStores.OpenAsync(On.Embedded);
        using var storage = Filled();
        storage.Refuses = true;
        var pickups = Of(test);
        await pickups.PutAsync("orders", PickupKind.S3, S3(storage), Cancel);
        using var place = await pickups.OpenAsync("orders", Cancel);
        Assert.Contains("The bucket 'b' cannot be read", (await Assert.ThrowsAsync<BadInputException>(() => place.ListAsync(Cancel))).Message, StringComparison.Ordinal);
        var kept = await test.Stores.Ledger.ReadAsync(s => s.FirstAsync(Sql.Of($"select settings, secret from pickup"), r => r.Text(0) + r.Text(1), Cancel), Cancel);
        Assert.DoesNotContain("very secret", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("secretKey", (await pickups.ListAsync(Cancel)).Single().Settings.Keys);
    }

    [Theory, Engines]
    public async Task A_place_is_paused_changed_and_tried_without_giving_its_secret_again(On on)
    {
        await using var test = await TestStores.OpenAsync(on);
        using var storage = Filled();
        var pickups = Of(test);
        await pickups.PutAsync("orders", PickupKind.S3, S3(storage), Cancel);
        await pickups.SetEnabledAsync("orders", false, Cancel);
        Assert.False((await pickups.FindAsync("orders", Cancel))!.Enabled);
        var open = S3(storage);
        open.Remove("secretKey");
        open["pattern"] = "b.csv";
        Assert.Single(await pickups.TryAsync("orders", PickupKind.S3, open, Cancel));
        await pickups.PutAsync("orders", PickupKind.S3, open, Cancel);
        using var place = await pickups.OpenAsync("orders", Cancel);
        Assert.Equal(["daily/b.csv"], (await place.ListAsync(Cancel)).Select(f => f.Name));
        // The secret is of that place: another source has none.
        Assert.Contains("secretKey is missing", (await Assert.ThrowsAsync<BadInputException>(() => pickups.TryAsync("others", PickupKind.S3, open, Cancel))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BadInputException>(() => pickups.SetEnabledAsync("others", true, Cancel));
    }

    [Fact]
    public async Task A_folder_gives_its_files_oldest_first_and_puts_them_away()
    {
        await using var test = await TestStores.OpenAsync(On.Embedded);
        var folder = Directory.CreateDirectory(Path.Combine(test.Options.Folder, "drop")).FullName;
        foreach (var (name, age) in new[] { ("b.csv", 1), ("a.csv", 2), ("note.txt", 3), (".hidden.csv", 4) })
        {
            await File.WriteAllTextAsync(Path.Combine(folder, name), name, Cancel);
            File.SetLastWriteTimeUtc(Path.Combine(folder, name), new DateTime(2026, 1, 10 - age, 0, 0, 0, DateTimeKind.Utc));
        }
        var pickups = Of(test);
        await pickups.PutAsync("drop", PickupKind.Folder, new Dictionary<string, string> { ["path"] = folder, ["pattern"] = "*.csv" }, Cancel);
        using var place = await pickups.OpenAsync("drop", Cancel);
        var files = await place.ListAsync(Cancel);
        Assert.Equal(["a.csv", "b.csv"], files.Select(f => f.Name));
        await place.EndAsync(files[0], null, Cancel);
        await place.EndAsync(files[1], "It is no table.", Cancel);
        Assert.True(File.Exists(Path.Combine(folder, "done", "a.csv")));
        Assert.Equal("It is no table.", (await File.ReadAllTextAsync(Path.Combine(folder, "failed", "b.csv.reason.txt"), Cancel)).Trim());
        // A second file of a name keeps the first.
        await File.WriteAllTextAsync(Path.Combine(folder, "a.csv"), "again", Cancel);
        await place.EndAsync((await place.ListAsync(Cancel)).Single(), null, Cancel);
        Assert.Equal(["a (2).csv", "a.csv"], Directory.GetFiles(Path.Combine(folder, "done")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(PickupKind.Folder, "path=relative", "path is the whole path")]
    [InlineData(PickupKind.S3, "bucket=b", "accessKey is missing.|secretKey is missing.")]
    [InlineData(PickupKind.S3, "bucket=b;accessKey=a;secretKey=s;endpoint=nowhere;colour=red", "'colour' is not known|endpoint is an address")]
    [InlineData(PickupKind.Azure, "container=c", "Say one of connection")]
    [InlineData(PickupKind.Sftp, "host=h;user=u;password=p", "fingerprint is missing.")]
    public async Task What_is_missing_is_told_all_at_once(PickupKind kind, string settings, string expected)
    {
        await using var test = await TestStores.OpenAsync(On.Embedded);
        var fault = await Assert.ThrowsAsync<BadInputException>(() => Of(test).PutAsync("x", kind, settings.Split(';').Select(s => s.Split('=')).ToDictionary(s => s[0], s => s[1]), Cancel));
        Assert.All(expected.Split('|'), part => Assert.Contains(part, fault.Message, StringComparison.Ordinal));
    }

    private static async Task TakesOnceAsync(Pickups pickups, IFilePlace place, FakeStorage storage, string source, bool inAccount = false)
    {
        var files = await place.ListAsync(Cancel);
        Assert.Equal(["daily/a b.csv", "daily/b.csv", "daily/ø.csv"], files.Select(f => f.Name));
        using (var content = new StreamReader(await place.OpenAsync(files[0], Cancel))) Assert.Equal("content of a", await content.ReadToEndAsync(Cancel));
        Assert.Equal(3, (await pickups.NewAsync(source, files, Cancel)).Count);
        await pickups.MarkAsync(source, files[0], "taken", "", Cancel);
        await pickups.MarkAsync(source, files[1], "failed", "no table", Cancel);
        await pickups.MarkAsync(source, files[2], "taking", "", Cancel); // cut off: it is taken again
        Assert.Equal(["daily/ø.csv"], (await pickups.NewAsync(source, await place.ListAsync(Cancel), Cancel)).Select(f => f.Name));
        // One that was written anew is another file; what was listed before is not fetched in its place.
        storage.Files[inAccount ? "c/daily/a b.csv" : "daily/a b.csv"] = storage.Files["daily/a b.csv"] = Encoding.UTF8.GetBytes("changed");
        Assert.Equal(["daily/a b.csv", "daily/ø.csv"], (await pickups.NewAsync(source, await place.ListAsync(Cancel), Cancel)).Select(f => f.Name));
        await Assert.ThrowsAsync<IOException>(() => place.OpenAsync(files[0], Cancel));
    }

    private static FakeStorage Filled()
    {
        var storage = new FakeStorage();
        foreach (var (name, text) in new[] { ("daily/a b.csv", "content of a"), ("daily/b.csv", "b"), ("daily/ø.csv", "c"), ("daily/readme.txt", "d"), ("other/x.csv", "e") }) storage.Files[name] = Encoding.UTF8.GetBytes(text);
        return storage;
    }

    private static Dictionary<string, string> S3(FakeStorage storage) => new()
    {
        ["bucket"] = "b",
        ["endpoint"] = storage.Address.ToString(),
        ["region"] = "eu-north-1",
        ["prefix"] = "daily/",
        ["pattern"] = "*.csv",
        ["accessKey"] = "AK",
        ["secretKey"] = "very secret",
    };

    private static Pickups Of(TestStores test) => new(test.Stores, new Sources(test.Stores, Calls.Clock()), Secrets.Open(test.Options.Folder), Calls.Clock());
}

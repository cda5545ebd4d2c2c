using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Tests.Collect;

/// <summary>Files fetched from a real OpenSSH server.</summary>
public sealed class SftpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, Engines]
    public async Task A_folder_of_a_server_is_listed_and_each_file_is_new_once(On on)
    {
        using var server = SftpServer.Open(Cancel);
        await using var test = await TestStores.OpenAsync(on);
        foreach (var name in new[] { "a b.csv", "ø.csv", "note.txt", ".hidden.csv" }) await File.WriteAllTextAsync(Path.Combine(server.Files, name), "content of " + name, Cancel);
        Directory.CreateDirectory(Path.Combine(server.Files, "folder.csv"));
        var pickups = Of(test);
        await pickups.PutAsync("partner", PickupKind.Sftp, server.Settings(), Cancel);
        using var place = await pickups.OpenAsync("partner", Cancel);
        var files = (await place.ListAsync(Cancel)).OrderBy(f => f.Name, StringComparer.Ordinal).ToList();
        Assert.Equal(["a b.csv", "ø.csv"], files.Select(f => f.Name));
        using (var content = new StreamReader(await place.OpenAsync(files[1], Cancel))) Assert.Equal("content of ø.csv", await content.ReadToEndAsync(Cancel));
        foreach (var file in await pickups.NewAsync("partner", files, Cancel)) await pickups.MarkAsync("partner", file, "taken", "", Cancel);
        Assert.Empty(await pickups.NewAsync("partner", await place.ListAsync(Cancel), Cancel));
        await File.WriteAllTextAsync(Path.Combine(server.Files, "ø.csv"), "it was written anew", Cancel);
        Assert.Equal(["ø.csv"], (await pickups.NewAsync("partner", await place.ListAsync(Cancel), Cancel)).Select(f => f.Name));
        Assert.True(place.GrowsInPlace);
        // Nothing is moved or written there.
        Assert.Equal(5, Directory.GetFileSystemEntries(server.Files).Length);
    }

    [Fact]
    public async Task What_keeps_us_out_is_said_in_plain_words()
    {
        using var server = SftpServer.Open(Cancel);
        await using var test = await TestStores.OpenAsync(On.Embedded);
        var pickups = Of(test);
        Assert.Empty(await pickups.TryAsync("partner", PickupKind.Sftp, server.Settings(), Cancel));
        using var nobody = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        nobody.Start();
        var free = ((System.Net.IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        foreach (var (change, says) in new (string Name, string Value, string Says)[]
        {
            ("fingerprint", "SHA256:" + new string('A', 43), $"shows the key {server.Fingerprint}, and not the one that was said"),
            ("privateKey", server.Key("other"), "does not let '" + Environment.UserName + "' in: the key is not one that it knows"),
            ("privateKey", "no key at all", "privateKey is no private key"),
            ("path", server.Files + "/nowhere", "has no '" + server.Files + "/nowhere'"),
            ("port", $"{free}", $"cannot be reached at port {free}"),
            ("host", "no-such-host.invalid", "The server 'no-such-host.invalid' cannot be reached"),
        }.Select(c => ((c.Name, c.Value), c.Says)))
        {
            var fault = await Assert.ThrowsAsync<BadInputException>(() => pickups.TryAsync("partner", PickupKind.Sftp, server.Settings(change), Cancel));
            Assert.Contains(says, fault.Message, StringComparison.Ordinal);
        }
    }

    private static Pickups Of(TestStores test) => new(test.Stores, new Sources(test.Stores, Calls.Clock()), Secrets.Open(test.Options.Folder), Calls.Clock());
}

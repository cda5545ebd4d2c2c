using Kendt.Govern;
using Kendt.Model;

namespace Kendt.Tests.Govern;

public sealed class SecretsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kendt-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("hemmelig æøå")]
    public void What_is_protected_comes_back_also_after_a_restart(string secret)
    {
        var kept = Secrets.Open(_folder).Protect(secret);
        Assert.Equal(secret, Secrets.Open(_folder).Unprotect(kept));
        Assert.DoesNotContain("hemmelig", kept, StringComparison.Ordinal);
        Assert.NotEqual(kept, Secrets.Open(_folder).Protect(secret));
    }

    [Fact]
    public void The_key_is_made_once_for_its_owner_only()
    {
        Parallel.For(0, 8, _ => Secrets.Open(_folder));
        var file = Assert.Single(Directory.GetFiles(_folder));
        Assert.Equal("secret.key", Path.GetFileName(file));
        Assert.Equal(32, new FileInfo(file).Length);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void What_was_changed_or_is_of_another_workspace_is_refused()
    {
        var secrets = Secrets.Open(_folder);
        var kept = secrets.Protect("secret");
        var other = Directory.CreateDirectory(Path.Combine(_folder, "other")).FullName;
        Assert.Throws<CannotException>(() => Secrets.Open(other).Unprotect(kept));
        Assert.Throws<CannotException>(() => secrets.Unprotect(kept[..^2] + (kept[^2] == 'A' ? 'B' : 'A') + kept[^1]));
        Assert.Throws<CannotException>(() => secrets.Unprotect("aesgcm1:AAAA"));
        Assert.Throws<CannotException>(() => secrets.Unprotect("aesgcm1:***"));
        Assert.Throws<CannotException>(() => secrets.Unprotect("secret"));
    }

    [Fact]
    public void A_damaged_key_is_told_of()
    {
        File.WriteAllBytes(Path.Combine(_folder, "secret.key"), new byte[5]);
        Assert.Contains("damaged", Assert.Throws<CannotException>(() => Secrets.Open(_folder)).Message, StringComparison.Ordinal);
    }
}

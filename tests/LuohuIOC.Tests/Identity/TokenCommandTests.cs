using LuohuIOC.Identity;
using Xunit;

namespace LuohuIOC.Tests.Identity;

public sealed class TokenCommandTests : IDisposable
{
    private readonly TemporaryIdentity _here = new();

    [Fact]
    public void Issues_a_token_on_stdout_alone_while_a_host_has_the_file_open()
    {
        var host = _here.Tokens();
        var (code, output, notes) = Run("--role", "administrator", "--name", "张三", "--days", "90");
        Assert.Equal(0, code);
        var text = output.TrimEnd();
        Assert.DoesNotContain(text, notes);
        _here.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TokenVerdict.Valid, host.Check(text, out var token));
        Assert.Equal(("张三", Role.Administrator), (token!.Name, token.Role));
        Assert.Equal(TimeSpan.FromDays(90), token.ExpiresAt - token.CreatedAt);
    }

    [Fact]
    public void Lists_and_revokes()
    {
        var text = Run("--role=viewer", "--name=wall").Output.TrimEnd();
        var id = TokenText.IdOf(text)!;
        Assert.StartsWith($"{id}\tviewer\tvalid\t", Run("--list").Output);
        Assert.Equal(0, Run("--revoke", id).Code);
        Assert.Contains("\trevoked\t", Run("--list").Output);
        Assert.Equal(2, Run("--revoke", id).Code);
    }

    /// <summary>In a container the database's address is a secret in a file: the command must not make a database of its own beside it.</summary>
    [Fact]
    public void Reads_secrets_from_files_as_the_host_does()
    {
        var folder = Directory.CreateTempSubdirectory("luohu-secrets-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "Cluster__PostgreSql"), "Host=127.0.0.1;Port=1;Database=luohu;Timeout=1");
            Assert.ThrowsAny<Exception>(() => Run($"--SecretsDirectory={folder}", "--role=viewer", "--name=wall"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("--role=viewer", "--name=x", "--unknown", "3")]
    [InlineData("--list", "--all")]
    [InlineData("--role=viewer", "--name=x", "unknown")]
    public void A_switch_that_there_is_not_is_told_and_no_token_is_made(params string[] args)
    {
        var (code, output, notes) = Run(args);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(args.Single(a => a is "--unknown" or "--all" or "unknown"), notes);
        Assert.Empty(_here.Tokens().All());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--role=viewer", "-h")]
    public void Tells_how_it_is_used(params string[] args)
    {
        var (code, output, notes) = Run(args);
        Assert.Equal((0, ""), (code, notes));
        Assert.Contains("--revoke", output);
    }

    [Theory]
    [InlineData("--list")]
    [InlineData("--role=viewer", "--name=x")]
    [InlineData("--revoke=abcdefgh")]
    public void A_directory_that_is_no_hosts_is_refused_and_nothing_is_made_there(params string[] args)
    {
        var nowhere = Path.Combine(_here.Directory, "nowhere");
        var empty = Directory.CreateDirectory(Path.Combine(_here.Directory, "empty")).FullName;
        foreach (var directory in new[] { nowhere, empty })
        {
            using var notes = new StringWriter();
            Assert.Equal(2, TokenCommand.Run([.. args, "--DataDirectory", directory], TextWriter.Null, notes, _here.Clock));
            Assert.Contains(directory, notes.ToString());
        }
        Assert.False(Directory.Exists(nowhere));
        Assert.Empty(Directory.EnumerateFileSystemEntries(empty));
    }

    [Theory]
    [InlineData]
    [InlineData("--role=king", "--name=x")]
    [InlineData("--role=viewer")]
    [InlineData("--role=viewer", "--name=x", "--days=0")]
    [InlineData("--role=viewer", "--name=x", "--days=soon")]
    public void Explains_itself_when_the_arguments_make_no_sense(params string[] args)
    {
        var (code, output, notes) = Run(args);
        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Contains("--role", notes);
    }

    public void Dispose() => _here.Dispose();

    private (int Code, string Output, string Notes) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var notes = new StringWriter();
        var code = TokenCommand.Run([.. args, "--DataDirectory=" + _here.Directory], output, notes, _here.Clock);
        return (code, output.ToString(), notes.ToString());
    }
}

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

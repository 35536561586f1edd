using LuohuIOC.Http;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class SecretFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("luohu-secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_is_a_key_and_the_command_line_goes_before_it()
    {
        File.WriteAllText(Path.Combine(_folder, "History__Influx__Token"), "from the file\n");
        File.WriteAllText(Path.Combine(_folder, "Cluster__City"), "of the file");
        var builder = WebApplication.CreateSlimBuilder([$"--SecretsDirectory={_folder}", "--Cluster:City=of the line"]).AddSecretFiles();
        Assert.Equal("from the file", builder.Configuration["History:Influx:Token"]);
        Assert.Equal("of the line", builder.Configuration["Cluster:City"]);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_told()
    {
        var fault = Assert.Throws<IOException>(() => WebApplication.CreateSlimBuilder(["--SecretsDirectory=/nowhere/secrets"]).AddSecretFiles());
        Assert.Contains("/nowhere/secrets", fault.Message, StringComparison.Ordinal);
    }
}

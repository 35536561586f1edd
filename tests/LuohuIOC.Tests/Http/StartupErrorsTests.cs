using System.Net.Sockets;
using LuohuIOC.Http;
using LuohuIOC.Storage;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class StartupErrorsTests
{
    [Fact]
    public async Task A_port_in_use_names_port_and_key_and_logs_no_stack_trace()
    {
        await using var first = await WebHost.StartAsync();
        var port = new Uri(first.Address).Port;
        var log = new CapturedLog();
        var failure = await Record.ExceptionAsync(() => WebHost.StartAsync([$"--Http:Port={port}"], log: log));
        var (line, code) = StartupErrors.Explain(failure!, [$"--Http:Port={port}"])!.Value;
        Assert.Equal(StartupErrors.ExitPort, code);
        Assert.Contains($"端口 {port} ", line);
        Assert.Contains("Http:Port", line);
        Assert.DoesNotContain("Mqtt:Port", line);
        Assert.DoesNotContain("\n", line);
        Assert.DoesNotContain(log.Lines, l => l.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_foreign_listener_in_use_names_its_own_key()
    {
        await using var first = await WebHost.StartAsync();
        var port = new Uri(first.Address).Port;
        var failure = await Record.ExceptionAsync(() => WebHost.StartAsync(add: b => b.WebHost.ConfigureKestrel(k => k.ListenLocalhost(port))));
        Assert.Contains("Mqtt:Port", StartupErrors.Explain(failure!, [$"--Mqtt:Port={port}"])!.Value.Line);
    }

    [Theory]
    [InlineData("--Http:Port=eighty", "Http:Port")]
    [InlineData("--Http:Port=70000", "Port")]
    [InlineData("--Http:Bind=the moon", "the moon")]
    public async Task A_wrong_setting_names_the_key(string setting, string named)
    {
        var failure = await Record.ExceptionAsync(() => WebHost.StartAsync([setting]));
        var (line, code) = StartupErrors.Explain(failure!, [])!.Value;
        Assert.Equal(StartupErrors.ExitConfiguration, code);
        Assert.Contains(named, line);
    }

    [Fact]
    public void A_damaged_database_names_the_file_and_the_way_out()
    {
        var folder = Directory.CreateTempSubdirectory("ioc-damaged-");
        try
        {
            var path = Path.Combine(folder.FullName, "identity.db");
            File.WriteAllText(path, new string('x', 5000));
            var failure = Record.Exception(() => new SqliteFile(path, "CREATE TABLE t (a)"));
            var (line, code) = StartupErrors.Explain(failure!, [])!.Value;
            Assert.Equal(StartupErrors.ExitData, code);
            Assert.Contains(path, line);
            Assert.Contains("Restore it", line);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_data_directory_that_may_not_be_written_names_the_directory()
    {
        foreach (var e in new Exception[] { new UnauthorizedAccessException("Access to '/x' is denied."), new SqliteException("readonly", 8), new SqliteException("cannot open", 14) })
        {
            var (line, code) = StartupErrors.Explain(new AggregateException(e), ["--DataDirectory=/srv/luohu"])!.Value;
            Assert.Equal(StartupErrors.ExitData, code);
            Assert.Contains("/srv/luohu", line);
            Assert.Contains("不可写", line);
        }
    }

    [Fact]
    public void Guard_prints_one_line_for_a_known_cause_and_lets_a_defect_through()
    {
        using var error = new StringWriter();
        var code = StartupErrors.Guard([], error, () => throw new OptionsValidationException("", typeof(HttpOptions), ["Mqtt:Port must be set."]));
        Assert.Equal(StartupErrors.ExitConfiguration, code);
        Assert.Single(error.ToString().TrimEnd().Split('\n'));
        Assert.Contains("Mqtt:Port must be set.", error.ToString());
        Assert.Equal(7, StartupErrors.Guard([], error, () => 7));
        Assert.Throws<InvalidOperationException>(() => StartupErrors.Guard([], error, () => throw new InvalidOperationException("a defect")));
    }

    [Fact]
    public void A_socket_without_a_known_address_still_gets_a_line()
    {
        var (line, code) = StartupErrors.Explain(new SocketException((int)SocketError.AddressAlreadyInUse), [])!.Value;
        Assert.Equal(StartupErrors.ExitPort, code);
        Assert.DoesNotContain("{0}", line);
    }
}

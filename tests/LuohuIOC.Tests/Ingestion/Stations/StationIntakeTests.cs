using System.IO.Pipelines;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.Ingestion.Stations;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LuohuIOC.Tests.Ingestion.Stations;

public sealed class StationIntakeTests
{
    [Theory]
    [InlineData("A", "DataTime=20230907180000;w01001-Rtd=7.1", true)]
    // Kept in the journal, although nothing in it is a reading.
    [InlineData("A", "DataTime=20230907180000;w99999-Rtd=7.1", true)]
    [InlineData("A", "DataTime=20230907180000;w01001-Rtd=7.1mg;w01010-Rtd=25", true)]
    [InlineData("A", "DataTime=20230907180000;w01001-Rtd=7.1mg", false)]
    [InlineData("A", "w01001-Rtd=7.1", false)]
    [InlineData("B", "DataTime=20230907180000;w01001-Rtd=7.1", false)]
    public async Task What_stands_nowhere_but_among_the_rejections_is_not_stored(string station, string parameters, bool isStored)
    {
        await using var scene = await StationScene.OpenAsync();
        var message = new StationMessage(FrameFault.None, station, [new StationPart(station, StationScene.Packet(station, parameters))]);
        Assert.Equal(isStored, await scene.Intake.StoreAsync(PayloadForm.Hj212, message, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_heartbeat_has_nothing_to_store()
    {
        await using var scene = await StationScene.OpenAsync();
        Assert.True(await scene.Intake.StoreAsync(PayloadForm.Hj212, new StationMessage(FrameFault.None, "A", []), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_packet_of_which_nothing_was_kept_is_not_confirmed_and_the_next_ones_are()
    {
        await using var scene = await StationScene.OpenAsync();
        var connections = new StationConnections(
            PayloadForm.Hj212, scene.Intake, scene.Book, new StationBoard(), scene.StationOptions, TimeProvider.System, NullLogger.Instance);
        Pipe toCentre = new(), toStation = new();
        await using var connection = new DefaultConnectionContext("line", new Duplex(toCentre.Reader, toStation.Writer), new Duplex(toStation.Reader, toCentre.Writer));
        byte[] said = [.. StationScene.Packet("A", "w01001-Rtd=7.1"), .. StationScene.Packet("A", "", 1013), .. StationScene.Packet("A", "DataTime=20230907180000;w01001-Rtd=7.1")];
        await toCentre.Writer.WriteAsync(said, TestContext.Current.CancellationToken);
        await toCentre.Writer.CompleteAsync();
        await connections.OnConnectedAsync(connection);
        await toStation.Writer.CompleteAsync();
        var answers = Encoding.ASCII.GetString((await toStation.Reader.ReadAsync(TestContext.Current.CancellationToken)).Buffer);
        Assert.Equal(["9013", "9014"], answers.Split("CN=").Skip(1).Select(a => a[..4]));
    }

    /// <summary>B is of no registered sensor, C of no station.</summary>
    [Theory]
    [InlineData("A", "s", "gw", 2)]
    [InlineData("B", "", "", 2)]
    [InlineData("C", "", "", 1)]
    public async Task A_packet_whose_parameters_are_at_fault_is_kept_with_its_sensor(string station, string sensor, string gateway, int times)
    {
        await using var scene = await StationScene.OpenAsync();
        var talk = new Hj212Talk();
        var packet = StationScene.Packet(station, "DataTime=20230907180000;w01001-Rtd=7,1");
        var message = talk.Take(packet);
        Assert.Equal((FrameFault.Body, station), (message.Fault, message.Address));

        var connections = new StationConnections(
            PayloadForm.Hj212, scene.Intake, scene.Book, new StationBoard(), scene.StationOptions, TimeProvider.System, NullLogger.Instance);
        Pipe toCentre = new(), toStation = new();
        await using var connection = new DefaultConnectionContext("line", new Duplex(toCentre.Reader, toStation.Writer), new Duplex(toStation.Reader, toCentre.Writer));
        await toCentre.Writer.WriteAsync((byte[])[.. packet, .. packet], TestContext.Current.CancellationToken);
        await toCentre.Writer.CompleteAsync();
        await connections.OnConnectedAsync(connection);
        Assert.Equal(
            Enumerable.Repeat((RejectionReason.FrameInvalid, sensor, gateway, $"tcp/hj212/{station}"), times), scene.Refused.Select(r => (r.Reason, r.Sensor, r.Gateway, r.Topic)));
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

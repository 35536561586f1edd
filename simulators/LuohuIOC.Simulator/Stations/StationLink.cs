using System.Net.Sockets;
using System.Threading.Channels;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Simulator.Seeds;

namespace LuohuIOC.Simulator.Stations;

/// <summary>
/// One station's TCP connection over a lossy line: a frame is sent, an answer awaited, and without one the same frame is sent again, as
/// often as the protocol allows. Loss is played: a frame that is never written, an answer that is not heard (so that a resend arrives twice).
/// </summary>
public sealed class StationLink(string host, int port, StationSensor station, double loss, int seed, TimeProvider clock)
{
    private const int OutboxFrames = 500;

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerWithinOnLoss = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly Channel<byte[]> _outbox = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(OutboxFrames) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
    private Seeded _chance = new(seed, $"{station.Address} line");
    private TcpClient? _connection;
    private bool _taken;

    public long Sent { get; private set; }

    public long Resent { get; private set; }

    public long Answered { get; private set; }

    /// <summary>Frames that the centre has answered at least once, whether the line let the answer through or not: so many it must have.</summary>
    public long Taken { get; private set; }

    /// <summary>Frames given up after the last resend.</summary>
    public long Lost { get; private set; }

    /// <summary>Resends of a frame: two in SL 651, three in HJ 212 and GB/T 26875.3.</summary>
    private int ResendsMax => station.Form == PayloadForm.Sl651 ? 2 : 3;

    public void Offer(byte[] frame) => _outbox.Writer.TryWrite(frame);

    /// <summary>No more frames: <see cref="RunAsync"/> ends when all are sent.</summary>
    public void Complete() => _outbox.Writer.TryComplete();

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var frame in _outbox.Reader.ReadAllAsync(stop)) await Deliver(frame, stop);
        }
        catch (OperationCanceledException)
        {
            // The city has ended.
        }
        finally
        {
            _connection?.Dispose();
        }
    }

    private async Task Deliver(byte[] frame, CancellationToken stop)
    {
        _taken = false;
        for (var attempt = 0; attempt <= ResendsMax; attempt++)
        {
            if (attempt > 0) Resent++;
            try
            {
                if (await Try(frame, stop))
                {
                    Answered++;
                    return;
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                _connection?.Dispose();
                _connection = null;
                await Task.Delay(RetryAfter, clock, stop);
            }
        }
        Lost++;
    }

    private async Task<bool> Try(byte[] frame, CancellationToken stop)
    {
        _connection ??= await ConnectAsync(stop);
        var (frameLost, answerLost) = (_chance.Chance(loss), _chance.Chance(loss));
        if (frameLost)
        {
            await Task.Delay(AnswerWithinOnLoss, clock, stop);
            return false;
        }
        Sent++;
        await _connection.GetStream().WriteAsync(frame, stop);
        using var late = new CancellationTokenSource(AnswerWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        try
        {
            await ReadAnswer(_connection.GetStream(), either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
        if (!_taken) Taken++;
        _taken = true;
        return !answerLost;
    }

    private async Task<TcpClient> ConnectAsync(CancellationToken stop)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(host, port, stop);
        return client;
    }

    // One whole frame; what it says is not looked at, a centre that answers has the report.
    private async Task ReadAnswer(NetworkStream stream, CancellationToken cancellation)
    {
        var answer = new byte[512];
        for (var filled = 0; ;)
        {
            var read = await stream.ReadAsync(answer.AsMemory(filled), cancellation);
            if (read == 0) throw new IOException("The centre has hung up.");
            filled += read;
            var length = station.Form switch
            {
                PayloadForm.Sl651 => Sl651Frame.LengthOf(answer.AsSpan(0, filled)),
                PayloadForm.Hj212 => answer.AsSpan(0, filled).IndexOf("\r\n"u8) + 2 is var end and > 1 ? end : 0,
                _ => Gb26875Frame.LengthOf(answer.AsSpan(0, filled)),
            };
            if (length < 0 || filled == answer.Length) throw new IOException("The centre's answer is no frame.");
            if (length > 0 && filled >= length) return;
        }
    }
}

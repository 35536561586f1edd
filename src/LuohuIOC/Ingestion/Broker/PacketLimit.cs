using System.IO.Pipelines;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Rejections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// Ends a connection that announces a packet larger than <see cref="MqttOptions.PacketBytesMax"/>, before its bytes are gathered:
/// otherwise anyone who can reach the port could make the broker hold 256 MiB a connection without showing a secret.
/// </summary>
internal sealed class PacketLimit(IOptions<MqttOptions> options, RejectionStore rejections, TimeProvider time, ILogger<PacketLimit> log)
{
    public ConnectionDelegate Wrap(ConnectionDelegate next) => connection =>
    {
        connection.Transport = new Duplex(new Reader(connection.Transport.Input, options.Value.PacketBytesMax, TooLarge), connection.Transport.Output);
        return next(connection);

        void TooLarge(long bytes, byte[] first)
        {
            log.LogWarning("MQTT: {Remote} announced a packet of {Bytes} bytes, more than Mqtt:PacketBytesMax = {Max}; disconnected",
                connection.RemoteEndPoint, bytes, options.Value.PacketBytesMax);
            _ = rejections.Add(new Rejection(
                time.GetUtcNow().ToUnixTimeMilliseconds(), "", "", RejectionReason.PayloadTooLarge, "", -1, "", (int)Math.Min(bytes, int.MaxValue), first));
        }
    };

    /// <summary>
    /// Length of the packet that begins with these bytes, header included (MQTT 5, 1.5.5 and 2.1.4); null while the length is not all there.
    /// A fifth length byte is malformed and left to the broker.
    /// </summary>
    internal static long? PacketBytes(ReadOnlySpan<byte> start)
    {
        // 30 80 80 10 …: PUBLISH, remaining length 0x40000 = 262,144 >> 262,148
        long remaining = 0;
        for (var i = 1; i < start.Length && i <= 4; i++)
        {
            remaining |= (long)(start[i] & 0x7F) << (7 * (i - 1));
            if ((start[i] & 0x80) == 0) return 1 + i + remaining;
        }
        return null;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    // The broker consumes whole packets, so what is unread always begins with a packet's header.
    private sealed class Reader(PipeReader inner, int bytesMax, Action<long, byte[]> tooLarge) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            Check(await inner.ReadAsync(cancellationToken));

        public override bool TryRead(out ReadResult result)
        {
            if (!inner.TryRead(out result)) return false;
            result = Check(result);
            return true;
        }

        private ReadResult Check(ReadResult result)
        {
            Span<byte> start = stackalloc byte[5];
            var head = result.Buffer.Slice(0, Math.Min(start.Length, result.Buffer.Length));
            var at = 0;
            foreach (var part in head)
            {
                part.Span.CopyTo(start[at..]);
                at += part.Length;
            }
            if (PacketBytes(start[..at]) is not { } bytes || bytes <= bytesMax) return result;
            tooLarge(bytes, start[..at].ToArray());
            inner.AdvanceTo(result.Buffer.End);
            throw new ConnectionAbortedException($"A packet of {bytes} bytes was announced, {bytesMax} are allowed.");
        }
    }
}

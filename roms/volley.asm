; VOLLEY: two bats and a ball, first to 21. For the Atari 2600 with paddles.
; Written for Tessera. MIT licence, see ../LICENSE. Build: deno task roms --build
;
; The player has the right bat: paddle 0 moves it (RIGHT in ALE's words is up, LEFT is down, as in its Pong); the button serves at
; once, else the ball comes by itself after about a second. The console's RESET begins a game. Where the ball meets a bat decides its
; angle; it gets faster after 4, 8 and 16 hits of a rally. The ball goes to whoever lost the last point. The computer's bat follows
; the ball while it comes nearer, three lines in two frames at most, and meets it with another part of itself each time; steep
; returns beat it.
;
; RAM that a program may read ($80 is RAM byte 0)
;   $80  game over: bit 7 set when no game runs (at power-up and when one side has 21), else 0
;   $81  the computer's points, BCD
;   $82  the player's points, BCD
;   $83  always 0 (lives in the other games)
;   $84  frames since power-up, modulo 256
;   $85  player's bat: top edge, 8 to 148 (screen row less 23); on the screen at 140-143, 16 high
;   $86  ball: left edge on the screen; it is 2 wide and 4 high
;   $87  ball: top edge, 8 to 160 (screen row less 23); 180 when no ball is in play
;   $88  a ball is in play: 1, waiting: 0
;   $89  bit 7: the ball moves left            $8A  bit 7: the ball moves up
;   $8B  horizontal speed, 0 to 3              $8C  vertical speed, 0 to 4
;   $8D  computer's bat: top edge, as $85; on the screen at 16-19
;   $8E  hits in this rally                    $8F  frames until the ball comes by itself
    processor 6502
    include "vcs.inc"
    include "frame.inc"
    include "score.inc"
    include "field.inc"

; Lines, counted from the top of the field. The field's line 0 is line 20 of the picture, screen row 23 in ALE.
FIELD_TOP   = 20
FIELD_LINES = PICTURE_LINES - FIELD_TOP
TOP         = 8     ; first line below the upper border
BOTTOM      = 164   ; first line of the lower border
BAT_LINES   = 16
BAT_WIDTH   = 4
LEFT_BAT    = 16    ; left edges
RIGHT_BAT   = 140
NET         = 79
BALL_WIDTH  = 2
BALL_LINES  = 4
LEFT_OUT    = 4     ; a ball left of this, or from the other on, is a point
RIGHT_OUT   = 154
NO_BALL     = 180   ; a ball's top that is below the picture
LOWEST_BAT  = BOTTOM - BAT_LINES
LOWEST_BALL = BOTTOM - BALL_LINES
MIDDLE      = [TOP + LOWEST_BAT] / 2
WAIT        = 64    ; frames from a point to the next ball
REST        = 16    ; of which FIRE cannot skip these
WINS        = $21
SLACK       = 3     ; lines that the computer does not mind
QUICK       = 1     ; frames with a zero here let the computer move twice

TABLE_BLUE  = $90
WHITE       = $0E
GREY        = $04
RED         = $46
GREEN       = $C8

    SEG.U RAM
    ORG $80
gameOver    ds 1
theirs      ds 1
ours        ds 1
lives       ds 1
frame       ds 1
batY        ds 1
ballX       ds 1
ballY       ds 1
inPlay      ds 1
goesLeft    ds 1
goesUp      ds 1
speedX      ds 1
speedY      ds 1
theirY      ds 1
hits        ds 1
wait        ds 1
potY        ds 1    ; last line, counted from below, on which the paddle was not yet charged
fractionX   ds 1
fractionY   ds 1
soundTime   ds 1
ballPattern ds 2
ourPattern  ds 2
theirPattern ds 2
digits      ds 12
row         ds 1
spare       ds 1

    SEG ROM
    ORG $F000

Start SUBROUTINE
    START
    INIT_DIGITS
    lda #$80
    sta gameOver
    lda #NO_BALL
    sta ballY
    lda #NET
    sta ballX
    lda #MIDDLE
    sta theirY

Frame SUBROUTINE
    BEGIN_FRAME
    inc frame
    jsr MoveBat
    lda SWCHB
    lsr
    bcs .noReset
    jsr NewGame
    jmp .placed
.noReset
    bit gameOver
    bmi .placed
    lda inPlay
    bne .moves
    jsr MayServe
    jmp .placed
.moves
    jsr MoveY
    jsr MoveX
    jsr MoveTheirs
.placed
    PATTERN ballPattern, BallTable, ballY
    PATTERN ourPattern, BatTable, batY
    PATTERN theirPattern, BatTable, theirY
    PLACE_DIGITS
    lda #NET+1
    ldx #2
    jsr Place
    lda ballX
    clc
    adc #1
    ldx #4
    jsr Place
    sta WSYNC
    sta HMOVE
    lda #WHITE
    sta COLUP0
    sta COLUP1
    sta COLUPF
    lda #FIELD_LINES
    sta potY
    BEGIN_PICTURE
    SHOW_DIGITS             ; lines 0-15
    sta HMCLR
    lda #LEFT_BAT
    ldx #0
    jsr Place               ; line 17
    lda #RIGHT_BAT
    ldx #1
    jsr Place               ; line 18
    sta WSYNC
    sta HMOVE               ; line 19
    lda #WIDE2
    sta NUSIZ0
    sta NUSIZ1
    lda #WIDE2 | BALL_FIRST ; the net must not hide the ball
    sta CTRLPF
    lda #GREEN
    sta COLUP1
    ldy #FIELD_LINES
    jmp Field

    ALIGN 256
Field SUBROUTINE
    LINE                    ; the upper border
    PLAYFIELD $FF
    lda #TABLE_BLUE         ; all playfield now, so the change is not seen
    sta COLUBK
    lda #RED
    sta COLUP0
    POLL_PADDLE
    dey
    OPEN_LINES TOP
    LINE                    ; 3
    PLAYFIELD 0             ; 14
    lda (theirPattern),y
    sta GRP0                ; 23
    lda (ourPattern),y
    sta GRP1                ; 32
    POLL_PADDLE
    dey
.line
    LINE                    ; 3
    lda (theirPattern),y
    sta GRP0                ; 12
    lda (ourPattern),y
    sta GRP1                ; 21
    lda #RED
    sta COLUP0              ; 26: left of the bat
    lda #GREY
    POLL_PADDLE             ; 34 or 36
    sta COLUP0              ; 37 or 39: right of the bat, left of the net
    tya                     ; the net: eight lines on, eight off
    lsr
    lsr
    sta ENAM0               ; 46 or 48
    dey
    cpy #FIELD_LINES-BOTTOM
    bne .line
    LINE                    ; the lower border
    PLAYFIELD $FF           ; 14
    lda #0
    sta ENAM0
    sta GRP0
    sta GRP1                ; 25
    POLL_PADDLE
    dey
    OPEN_LINES FIELD_LINES

    BEGIN_OVERSCAN
    PLAYFIELD 0
    sta ENABL
    sta COLUBK
    PLAY_SOUND
    DIGITS_OF 0, theirs
    lda #BLANK_DIGIT
    DIGIT 2
    lda #BLANK_DIGIT
    DIGIT 3
    DIGITS_OF 4, ours
    END_OVERSCAN
    jmp Frame

; ---- The game ----

NewGame SUBROUTINE
    lda #0
    sta gameOver
    sta theirs
    sta ours
    sta goesLeft            ; the first ball comes to the player
    lda #MIDDLE
    sta theirY
    ; falls through

NoBall SUBROUTINE
    lda #0
    sta inPlay
    lda #NO_BALL
    sta ballY
    lda #WAIT
    sta wait
    rts

; The capacitor's line is the bat's place: lines 32 to 172 of the picture.
MoveBat SUBROUTINE
    lda #FIELD_LINES-4
    sec
    sbc potY
    bcc .least
    cmp #TOP
    bcs .enough
.least
    lda #TOP
.enough
    cmp #LOWEST_BAT
    bcc .ok
    lda #LOWEST_BAT
.ok
    sta batY
    rts

; The ball comes when the wait is over, or with FIRE. The frame and the points decide where.
MayServe SUBROUTINE
    lda wait
    beq .serve
    dec wait
    cmp #WAIT-REST
    bcs .done
    bit SWCHA
    bmi .done
.serve
    lda frame
    clc
    adc ours
    and #7
    tax
    lda ServeY,x
    sta ballY
    lda ServeAngle,x
    sta goesUp
    and #7
    sta speedY
    lda #NET
    sta ballX
    lda #0
    sta fractionX
    sta fractionY
    sta speedX
    sta hits
    lda #1
    sta inPlay
.done
    rts

MoveY SUBROUTINE
    ldx speedY
    bit goesUp
    bmi .up
    clc
    lda fractionY
    adc SpeedYLow,x
    sta fractionY
    lda ballY
    adc SpeedYHigh,x
    sta ballY
    cmp #LOWEST_BALL+1
    bcc .done
    lda #LOWEST_BALL
    bne .border
.up
    sec
    lda fractionY
    sbc SpeedYLow,x
    sta fractionY
    lda ballY
    sbc SpeedYHigh,x
    sta ballY
    cmp #TOP
    bcs .done
    lda #TOP
.border
    sta ballY
    lda goesUp
    eor #$80
    sta goesUp
    SOUND 4, 20, 3
.done
    rts

MoveX SUBROUTINE
    ldx speedX
    bit goesLeft
    bmi .left
    clc
    lda fractionX
    adc SpeedXLow,x
    sta fractionX
    lda ballX
    adc SpeedXHigh,x
    sta ballX
    cmp #RIGHT_OUT
    bcs .theirPoint
    cmp #RIGHT_BAT-BALL_WIDTH+1
    bcc .done
    cmp #RIGHT_BAT+BAT_WIDTH
    bcs .done
    lda batY
    jsr MeetBat
    bcc .done
    lda #RIGHT_BAT-BALL_WIDTH
    sta ballX
    lda #$80
    sta goesLeft
.done
    rts
.left
    sec
    lda fractionX
    sbc SpeedXLow,x
    sta fractionX
    lda ballX
    sbc SpeedXHigh,x
    sta ballX
    cmp #LEFT_OUT
    bcc .ourPoint
    cmp #LEFT_BAT+BAT_WIDTH
    bcs .done
    cmp #LEFT_BAT-BALL_WIDTH+1
    bcc .done
    lda theirY
    jsr MeetBat
    bcc .done
    lda #LEFT_BAT+BAT_WIDTH
    sta ballX
    lda #0
    sta goesLeft
    rts
.theirPoint
    ldx #theirs-gameOver
    bne .point
.ourPoint
    ldx #ours-gameOver
.point
    sed
    lda gameOver,x
    clc
    adc #1
    sta gameOver,x
    cld
    cmp #WINS
    bne .on
    lda #$80
    sta gameOver
.on
    SOUND 12, 24, 24
    jmp NoBall

; A bat with its top at A and the ball, which are level: carry set when they meet. The place of contact is the angle.
MeetBat SUBROUTINE
    sta spare
    lda ballY
    clc
    adc #BALL_LINES-1
    sec
    sbc spare               ; 0 to 18 when they overlap
    bcc .missed
    cmp #BAT_LINES+BALL_LINES-1
    bcs .missed
    tax
    lda Angles,x
    sta goesUp
    and #7
    sta speedY
    inc hits
    ldx #0
    lda hits
.compare
    cmp HitsForSpeed,x
    bcc .speed
    inx
    cpx #3
    bne .compare
.speed
    stx speedX
    SOUND 4, 12, 4
    sec
    rts
.missed
    clc
    rts

; The computer: to the ball's height while the ball comes, else to the middle. A line a frame, in quick frames two.
MoveTheirs SUBROUTINE
    bit goesLeft
    bmi .follow
    lda #MIDDLE
    bne Approach
.follow
    lda frame
    and #QUICK
    bne .once
    jsr .once
.once
    lda hits
    and #7
    tax
    lda ballY
    sec
    sbc Aims,x
    bcs Approach
    lda #0

; One line towards a top of A.
Approach SUBROUTINE
    sta spare
    lda theirY
    sec
    sbc spare
    beq .done
    bcc .down
    cmp #SLACK
    bcc .done
    lda theirY
    cmp #TOP
    beq .done
    dec theirY
    rts
.down
    cmp #256-SLACK+1
    bcs .done
    lda theirY
    cmp #LOWEST_BAT
    beq .done
    inc theirY
.done
    rts

; ---- Tables ----

SpeedXLow   dc.b $80, $00, $80, $00         ; 1.5, 2, 2.5, 3 pixels a frame
SpeedXHigh  dc.b $01, $02, $02, $03
HitsForSpeed dc.b 4, 8, 16
SpeedYLow   dc.b $40, $80, $00, $80, $00    ; 0.25, 0.5, 1, 1.5, 2 lines a frame
SpeedYHigh  dc.b $00, $00, $01, $01, $02
; Top to bottom of a bat; bit 7: upwards.
Angles      dc.b $84, $84, $84, $83, $83, $82, $82, $81, $81, $00, $01, $01, $02, $02, $03, $03, $04, $04, $04
; How far above the ball the computer wants its bat: it aims with another part of it each time.
Aims        dc.b 6, 2, 11, 4, 0, 12, 8, 3
ServeY      dc.b 40, 120, 72, 96, 56, 136, 88, 24
ServeAngle  dc.b $01, $82, $02, $81, $82, $81, $02, $01

    PLACE_CODE
    SCORE_CODE
    FONT

; Bits for field lines from below, read at Y + top.
    ALIGN 256
BallTable
    ds FIELD_LINES-BALL_LINES+1, 0
    ds BALL_LINES, 2
    ds NO_BALL, 0
BatTable
    ds FIELD_LINES-BAT_LINES+1, 0
    ds BAT_LINES, $F0
    ds LOWEST_BAT, 0

    ORG $FFFC
    dc.w Start
    dc.w Start
